#!/usr/bin/env python3
"""How far off filled-in cells are, over real tables: ours beside the column's mean.

    Benchmarks/imputation.py PROGRAM DATA [--rates 0.3,0.5] [--seeds 3] [--sets NAME,…] [--setting NAME=OPTIONS]…

DATA is a folder of complete tables of numbers (CSV with a header). Cells are hidden completely at random, at least two
a column left; the table with its holes is trained on with `train`, filled by `impute`, and compared with what was
hidden. The measure is the root of the mean squared distance over all hidden cells together, in deviations of the
column in the complete data (z-RMSE), as kurbankotan/ndi-imputation has it, with its rules of masks, constant columns and
at most 2 000 rows. Prints a table in Markdown, means over seeds.
"""

import argparse
import csv
import hashlib
import math
import os
import shlex
import statistics
import subprocess
import tempfile
import time

import numpy as np


def read(path):
    with open(path) as file:
        rows = list(csv.reader(file))
    names, cells = rows[0], rows[1:]
    columns = []
    for place in range(len(names)):
        try:
            columns.append([float(row[place]) for row in cells])
        except ValueError:
            columns.append(None)
    kept = [i for i, c in enumerate(columns) if c is not None and np.std(c) > 0 and np.isfinite(c).all()]
    values = np.array([columns[i] for i in kept]).T
    if len(values) > 2000:
        values = values[np.random.default_rng(0).permutation(len(values))[:2000]]
        values = values[:, values.std(0) > 0]
    return values


def hide(values, rate, seed, name):
    word = int(hashlib.md5(name.encode()).hexdigest()[:8], 16)
    mask = np.random.default_rng([seed, word, round(rate * 1e4), 4]).uniform(size=values.shape) < rate
    for column in range(values.shape[1]):
        seen = np.flatnonzero(~mask[:, column])
        if len(seen) < 2:
            mask[np.flatnonzero(mask[:, column])[: 2 - len(seen)], column] = False
    return mask


def ours(program, values, mask, options, seed):
    with tempfile.TemporaryDirectory() as folder:
        source, model, out = (os.path.join(folder, name) for name in ("t.csv", "m.safetensors", "o.csv"))
        with open(source, "w") as file:
            print(",".join(f"c{i}" for i in range(values.shape[1])), file=file)
            for row, holes in zip(values, mask):
                print(",".join("" if h else repr(float(v)) for v, h in zip(row, holes)), file=file)
        start = time.time()
        train = [program, "train", source, "--fields", "auto", "-o", model, "--seed", str(seed + 1), "--quiet"] + shlex.split(options)
        for command in (train, [program, "impute", model, source, "-o", out, "--quiet"]):
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode:
                raise SystemExit(f"{' '.join(command)}: {run.stderr[-400:]}")
        seconds = time.time() - start
        with open(out) as file:
            rows = list(csv.reader(file))[1:]
        return np.array([[float(cell or "nan") for cell in row] for row in rows]), seconds


def error(values, filled, mask):
    distance = (filled - values) / values.std(0)
    return math.sqrt(np.mean(distance[mask] ** 2))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("data")
    parser.add_argument("--rates", default="0.3,0.5")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sets")
    parser.add_argument("--setting", action="append", default=[])
    arguments = parser.parse_args()
    settings = dict(text.split("=", 1) for text in arguments.setting or ["default="])
    names = sorted(n[:-4] for n in os.listdir(arguments.data) if n.endswith(".csv"))
    names = arguments.sets.split(",") if arguments.sets else names
    for rate in map(float, arguments.rates.split(",")):
        heads = ["mean"] + list(settings) + ["seconds"]
        print(f"\n{100 * rate:.0f} % hidden\n\n| set | rows | columns | " + " | ".join(heads) + " |")
        print("|---|" + "---|" * (len(heads) + 2))
        totals = {head: [] for head in heads}
        for name in names:
            values = read(os.path.join(arguments.data, name + ".csv"))
            found = {head: [] for head in heads}
            for seed in range(arguments.seeds):
                mask = hide(values, rate, seed, name)
                holed = np.where(mask, np.nan, values)
                found["mean"].append(error(values, np.where(mask, np.nanmean(holed, 0), values), mask))
                for setting, options in settings.items():
                    filled, seconds = ours(arguments.program, values, mask, options, seed)
                    found[setting].append(error(values, filled, mask))
                    found["seconds"].append(seconds)
            row = {head: statistics.mean(found[head]) for head in heads}
            for head in heads:
                totals[head].append(row[head])
            cells = " | ".join(f"{row[head]:.3f}" for head in heads)
            print(f"| {name} | {values.shape[0]} | {values.shape[1]} | {cells} |", flush=True)
        print("| mean | | | " + " | ".join(f"{statistics.mean(totals[h]):.3f}" for h in heads) + " |", flush=True)


main()
