#!/usr/bin/env python3
"""How far off filled-in cells are in tables of declared kinds: HI-VAE's sets, masks and measures.

    Benchmarks/mixed_imputation.py PROGRAM DATA [--rates 10,30,50] [--masks 3] [--sets NAME,…] [--setting NAME=OPTIONS]…

DATA holds the folders of probabilistic-learning/HI-VAE (Wine, defaultCredit, Breast, letter) with data.csv, data_types.csv and
MissingR_K.csv.gz. The table with its holes is trained on and filled, with the kinds that the set declares. Measures are HI-VAE's, on the hidden
cells: the share wrong of categories; the mean distance of ordinals in levels, over their number; of the rest the root of the mean
squared distance over the column's range; then the plain mean over columns, here by kind too. Beside stand the best constant (the commonest category, the
median of ordinals, else the mean) and our own plain run on numbers alone: categories one-hot, ordinals as numbers, --gaps. Means over masks.
"""

import argparse
import csv
import gzip
import os
import re
import shlex
import statistics
import subprocess
import tempfile
import time

import numpy as np

KINDS = {"real": "number", "pos": "positive", "count": "count", "cat": "category", "ordinal": "ordinal"}
GROUPS = {"real": "numbers", "pos": "numbers", "count": "numbers", "cat": "categories", "ordinal": "ordinals"}


def lines(path):
    """Of a file, or of the same with .gz behind it."""
    if os.path.exists(path):
        with open(path, newline="") as file:
            text = file.read()
    else:
        with gzip.open(path + ".gz", "rt", newline="") as file:
            text = file.read()
    return [line for line in re.split(r"[\r\n]+", text) if line]


def read(folder):
    values = np.array([line.split(",") for line in lines(os.path.join(folder, "data.csv"))], float)
    kinds = [line.split(",") for line in lines(os.path.join(folder, "data_types.csv"))[1:]]
    return values, [(kind, int(classes or dim)) for kind, dim, classes in kinds]


def mask(folder, shape, rate, number):
    holes = np.zeros(shape, bool)
    for line in lines(os.path.join(folder, f"Missing{rate}_{number}.csv")):
        row, column = map(int, line.split(","))
        holes[row - 1, column - 1] = True
    return holes


def text(value):
    return str(int(value)) if value == int(value) else repr(float(value))


def call(command):
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{' '.join(command)}: {run.stderr[-400:]}")


def filled(program, names, rows, options):
    """What `impute` writes of rows of texts, and the seconds of training and filling."""
    with tempfile.TemporaryDirectory() as folder:
        source, model, out = (os.path.join(folder, name) for name in ("t.csv", "m.safetensors", "o.csv"))
        with open(source, "w") as file:
            csv.writer(file, lineterminator="\n").writerows([names] + rows)
        start = time.time()
        call([program, "train", source, "-o", model, "--seed", "1", "--quiet"] + options)
        call([program, "impute", model, source, "-o", out, "--quiet"])
        seconds = time.time() - start
        with open(out) as file:
            # Of plain samples a column of row numbers stands in front.
            table = [row[-len(names) :] for row in list(csv.reader(file))[1:]]
        return np.array([[float(c or "nan") for c in row] for row in table]), seconds


def fields(program, values, holes, kinds, options):
    names = [f"c{i}" for i in range(len(kinds))]
    rows = [["" if h else text(v) for v, h in zip(row, hole)] for row, hole in zip(values, holes)]
    said = ",".join(f"{name}={KINDS[kind]}" for name, (kind, _) in zip(names, kinds))
    return filled(program, names, rows, ["--field", said] + options)


def one_hot(program, values, holes, kinds):
    columns, places = [], []
    for i, (kind, _) in enumerate(kinds):
        levels = sorted(set(values[~holes[:, i], i])) if kind == "cat" else None
        places.append((len(columns), levels))
        if levels:
            columns += [np.where(holes[:, i], np.nan, values[:, i] == level) for level in levels]
        else:
            columns.append(np.where(holes[:, i], np.nan, values[:, i]))
    table = np.array(columns, float).T
    rows = [["" if np.isnan(v) else text(v) for v in row] for row in table]
    found, seconds = filled(program, [f"c{i}" for i in range(table.shape[1])], rows, ["--gaps"])
    out = np.empty_like(values)
    for i, (kind, _) in enumerate(kinds):
        start, levels = places[i]
        if levels:
            out[:, i] = np.array(levels)[found[:, start : start + len(levels)].argmax(1)]
        else:
            out[:, i] = found[:, start].round() if kind == "ordinal" else found[:, start]
    return out, seconds


def constant(values, holes, kinds):
    out = np.empty_like(values)
    for i, (kind, _) in enumerate(kinds):
        seen = values[~holes[:, i] & ~np.isnan(values[:, i]), i]
        if kind == "cat":
            levels, counts = np.unique(seen, return_counts=True)
            out[:, i] = levels[counts.argmax()]
        else:
            out[:, i] = np.median(seen).round() if kind == "ordinal" else seen.mean()
    return out


def errors(values, made, holes, kinds):
    """By group of kinds the errors of its columns."""
    found = {}
    for i, (kind, classes) in enumerate(kinds):
        judged = holes[:, i] & ~np.isnan(values[:, i])
        if not judged.any():
            continue
        truth, told = values[judged, i], made[judged, i]
        if kind == "cat":
            value = (truth != told).mean()
        elif kind == "ordinal":
            value = np.abs(truth - told).mean() / classes
        else:
            value = np.sqrt(((truth - told) ** 2).mean()) / np.ptp(values[~np.isnan(values[:, i]), i])
        found.setdefault(GROUPS[kind], []).append(value)
    found["all"] = [value for group in found.values() for value in group]
    return {group: statistics.mean(values) for group, values in found.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("data")
    parser.add_argument("--rates", default="10,30,50")
    parser.add_argument("--masks", type=int, default=3)
    parser.add_argument("--sets", default="Breast,Wine,letter,defaultCredit")
    parser.add_argument("--setting", action="append", default=[])
    arguments = parser.parse_args()
    settings = dict(s.split("=", 1) for s in arguments.setting or ["ours="])
    heads = ["constant", "one-hot"] + list(settings)
    print("| set | hidden | columns | " + " | ".join(heads) + " | seconds |\n|---|---|---|" + "---|" * (len(heads) + 1))
    for name in arguments.sets.split(","):
        folder = os.path.join(arguments.data, name)
        values, kinds = read(folder)
        gone = np.isnan(values)
        for rate in map(int, arguments.rates.split(",")):
            found, times = {}, []
            for number in range(1, arguments.masks + 1):
                holes = mask(folder, values.shape, rate, number)
                made = {"constant": constant(values, holes | gone, kinds)}
                made["one-hot"], _ = one_hot(arguments.program, values, holes | gone, kinds)
                for setting, options in settings.items():
                    made[setting], seconds = fields(
                        arguments.program, values, holes | gone, kinds, shlex.split(options))
                times.append(seconds)
                for who, table in made.items():
                    for group, value in errors(values, table, holes, kinds).items():
                        found.setdefault(group, {}).setdefault(who, []).append(value)
            for group, by in found.items():
                count = sum(GROUPS[k] == group for k, _ in kinds) if group != "all" else len(kinds)
                cells = " | ".join(f"{statistics.mean(by[head]):.4f}" for head in heads)
                print(f"| {name} | {rate} % | {count} {group} | {cells} | {statistics.mean(times):.1f} |", flush=True)


main()
