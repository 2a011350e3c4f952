#!/usr/bin/env python3
"""How far off filled-in cells are, over real tables of numbers: ours beside linear models and published figures.

    Benchmarks/imputation.py PROGRAM DATA [--rates 0.3,0.5] [--seeds 3] [--sets NAME,…] [--setting NAME=OPTIONS]…

DATA holds imputation/uci (CSV with a header), tabular/pima and anomaly/22_magic.gamma.npz. Targets and index columns are
left out. Cells are hidden completely at random, at least two a column left; the table with its holes is trained on with
`train`, filled by `impute`, and compared with what was hidden. The measure is the root of the mean squared distance over
all hidden cells together, in deviations of the column in the complete data (z-RMSE), as kurbankotan/ndi-imputation has it, with its
rules of masks, constant columns and at most 2 000 rows. Beside stand the mean, the conditional mean of a normal distribution and
factor analysis, both by EM on the same holes (the number of factors is the one that fills a tenth of the cells best), and what
ndi-imputation publishes of MissForest. Prints a table in Markdown, means over seeds.
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

# File, first and last column of the numbers, whether it has a header.
SETS = {
    "iris": ("imputation/uci/sklearn_iris.csv", 0, -1, True),
    "wine": ("imputation/uci/sklearn_wine.csv", 0, -1, True),
    "ionosphere": ("imputation/uci/ionosphere.csv", 1, -1, True),
    "wdbc": ("imputation/uci/sklearn_breast_cancer.csv", 0, -1, True),
    "diabetes": ("tabular/pima/pima-indians-diabetes.csv", 0, -1, False),
    "yeast": ("imputation/uci/yeast.csv", 1, -1, True),
    "wine-quality-red": ("imputation/uci/wine.csv", 1, -1, True),
    "magic": ("anomaly/22_magic.gamma.npz", 0, None, False),
    # Without published figures.
    "airfoil": ("imputation/uci/airfoil.csv", 1, -1, True),
    "concrete": ("imputation/uci/compression.csv", 1, -1, True),
    "parkinsons": ("imputation/uci/parkinsons.csv", 1, None, True),
    "raisin": ("imputation/uci/raisin.csv", 1, -1, True),
}

# MissForest of ndi-imputation, 30 and 50 % hidden.
PUBLISHED = {
    "iris": (0.574, 0.761), "wine": (0.740, 0.825), "ionosphere": (0.725, 0.780), "wdbc": (0.501, 0.554),
    "diabetes": (0.926, 1.000), "yeast": (0.994, 1.044), "wine-quality-red": (0.742, 0.872), "magic": (0.707, 0.775),
}


def read(folder, name):
    path, first, last, has_header = SETS[name]
    path = os.path.join(folder, path)
    if path.endswith(".npz"):
        values = np.load(path)["X"].astype(float)
    else:
        with open(path) as file:
            rows = list(csv.reader(file))[1 if has_header else 0 :]
        values = np.array([row[first:last] for row in rows], float)
    values = values[:, values.std(0) > 0]
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


def standardised(holed):
    shift, scale = np.nanmean(holed, 0), np.nanstd(holed, 0)
    scale[scale == 0] = 1
    return (holed - shift) / scale, shift, scale


def gaussian(holed, rounds=50, ridge=1.0):
    """The conditional mean of a normal distribution fitted by EM."""
    z, shift, scale = standardised(holed)
    seen, (rows, columns) = ~np.isnan(z), z.shape
    z = np.where(seen, z, 0)
    mean, covariance = np.zeros(columns), np.eye(columns)
    for _ in range(rounds):
        # Of what is missing, rows and columns of a matrix are those of the identity.
        both = seen[:, :, None] & seen[:, None, :]
        inner = np.where(both, covariance, 0) + np.where(seen[:, :, None], 1e-9, 1) * np.eye(columns)
        across = np.where(seen[:, :, None] & ~seen[:, None, :], covariance, 0)
        weights = np.linalg.solve(inner, across)
        filled = np.where(seen, z, mean + np.einsum("nij,ni->nj", weights, np.where(seen, z - mean, 0)))
        spread = np.where(~seen[:, :, None] & ~seen[:, None, :], covariance, 0)
        spread = (spread - np.einsum("nij,nik->njk", weights, across)).sum(0)
        new = filled.mean(0)
        apart = filled - new
        found = (apart.T @ apart + spread + ridge * np.eye(columns)) / (rows + ridge)
        change = abs(found - covariance).max()
        mean, covariance = new, found
        if change < 1e-4:
            break
    return filled * scale + shift


def factors(holed, count, rounds=100):
    """Factor analysis by EM (Rubin and Thayer 1982), rows with gaps."""
    z, shift, scale = standardised(holed)
    seen, columns = (~np.isnan(z)).astype(float), z.shape[1]
    z = np.nan_to_num(z)
    loadings = np.random.default_rng(0).normal(0, 0.5, (columns, count + 1))
    loadings[:, -1] = 0
    noise = np.ones(columns)
    for _ in range(rounds):
        a, offset = loadings[:, :-1], loadings[:, -1]
        weight = seen / noise
        precision = np.eye(count) + np.einsum("nc,ci,cj->nij", weight, a, a)
        spread = np.linalg.inv(precision)
        mean = np.einsum("nij,nj->ni", spread, (weight * (z - offset)) @ a)
        one = np.concatenate([mean, np.ones((len(z), 1))], 1)
        second = one[:, :, None] * one[:, None, :]
        second[:, :count, :count] += spread
        products = np.einsum("nc,nij->cij", seen, second)
        products[:, range(count), range(count)] += noise[:, None]
        targets = np.einsum("nc,ni->ci", seen * z, one)
        loadings = np.linalg.solve(products, targets[:, :, None])[:, :, 0]
        left = ((seen * z**2).sum(0) - (loadings * targets).sum(1)) / seen.sum(0)
        left = np.maximum(left, 1e-3)
        change = abs(left - noise).max()
        noise = left
        if change < 1e-5:
            break
    filled = np.where(np.isnan(holed), one @ loadings.T, z)
    return filled * scale + shift


def factor_analysis(holed):
    hidden = (np.random.default_rng(1).uniform(size=holed.shape) < 0.1) & ~np.isnan(holed)
    less, scale = np.where(hidden, np.nan, holed), np.nanstd(holed, 0)
    tried = [k for k in (1, 2, 3, 5, 8, 12, 16) if k == 1 or k < holed.shape[1]]
    errors = [np.mean((((factors(less, k, 50) - holed) / scale)[hidden]) ** 2) for k in tried]
    return factors(holed, tried[int(np.argmin(errors))])


def ours(program, values, mask, options, seed):
    with tempfile.TemporaryDirectory() as folder:
        source, model, out = (os.path.join(folder, name) for name in ("t.csv", "m.safetensors", "o.csv"))
        names = [f"c{i}" for i in range(values.shape[1])]
        with open(source, "w") as file:
            print(",".join(names), file=file)
            for row, holes in zip(values, mask):
                print(",".join("" if h else repr(float(v)) for v, h in zip(row, holes)), file=file)
        start = time.time()
        fields = ",".join(f"{name}=number" for name in names)
        train = [program, "train", source, "--field", fields, "-o", model, "--seed", str(seed + 1), "--quiet"]
        for command in (train + shlex.split(options), [program, "impute", model, source, "-o", out, "--quiet"]):
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
    parser.add_argument("--sets", default=",".join(PUBLISHED))
    parser.add_argument("--setting", action="append", default=[])
    arguments = parser.parse_args()
    settings = dict(text.split("=", 1) for text in arguments.setting or ["ours="])
    for rate in map(float, arguments.rates.split(",")):
        heads = ["mean", "normal", "factors"] + list(settings) + ["seconds"]
        published = rate in (0.3, 0.5) and all(name in PUBLISHED for name in arguments.sets.split(","))
        if published:
            heads.insert(3, "MissForest")
        print(f"\n{100 * rate:.0f} % hidden\n\n| set | rows | columns | " + " | ".join(heads) + " |")
        print("|---|" + "---|" * (len(heads) + 2))
        totals = {head: [] for head in heads}
        for name in arguments.sets.split(","):
            values = read(arguments.data, name)
            found = {head: [] for head in heads}
            for seed in range(arguments.seeds):
                mask = hide(values, rate, seed, name)
                holed = np.where(mask, np.nan, values)
                found["mean"].append(error(values, np.where(mask, np.nanmean(holed, 0), values), mask))
                found["normal"].append(error(values, gaussian(holed), mask))
                found["factors"].append(error(values, factor_analysis(holed), mask))
                if published:
                    found["MissForest"].append(PUBLISHED[name][0 if rate == 0.3 else 1])
                for setting, options in settings.items():
                    filled, seconds = ours(arguments.program, values, mask, options, seed)
                    found[setting].append(error(values, filled, mask))
                    if setting == list(settings)[-1]:
                        found["seconds"].append(seconds)
            row = {head: statistics.mean(found[head]) for head in heads}
            for head in heads:
                totals[head].append(row[head])
            cells = " | ".join(f"{row[head]:.{1 if head == 'seconds' else 3}f}" for head in heads)
            print(f"| {name} | {values.shape[0]} | {values.shape[1]} | {cells} |", flush=True)
        cells = " | ".join(f"{statistics.mean(totals[h]):.{1 if h == 'seconds' else 3}f}" for h in heads)
        print(f"| mean | | | {cells} |", flush=True)


main()
