#!/usr/bin/env python3
"""How well columns are told by `train --target` and `predict`, beside scikit-learn's classifiers, five-fold.

    Benchmarks/targets.py PROGRAM DATA [--seeds 3] [--setting NAME=OPTIONS]…

DATA is a folder with penguins.csv and titanic.csv, or with folders of them. Rows are split into five parts, each class
evenly (StratifiedKFold with the seed); each part is told by what is trained on the other four. Ours reads the table as it
stands. scikit-learn's see the same columns: logistic regression standardised, gaps filled by the median and the commonest
level, categories one-hot; histogram gradient boosting with gaps and categories as they are, with scikit-learn's defaults. Columns
that tell nothing or everything are left out of all: names, tickets, cabins, numbers of passengers. Prints accuracy and log loss.
"""

import argparse
import math
import os
import shlex
import statistics
import subprocess
import tempfile

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

TABLES = {
    "penguins": ("species", []),
    "titanic": ("Survived", ["PassengerId", "Name", "Ticket", "Cabin"]),
}


def find(folder, name):
    for place, _, files in sorted(os.walk(folder)):
        if name in files:
            return os.path.join(place, name)
    raise SystemExit(f"{folder}: no {name}")


def peers(frame):
    words = [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c])]
    numbers = [c for c in frame if c not in words]
    logistic = make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), words),
        ),
        LogisticRegression(max_iter=1000),
    )
    boosting = make_pipeline(
        make_column_transformer(
            ("passthrough", numbers),
            (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan), words),
        ),
        HistGradientBoostingClassifier(random_state=0),
    )
    return {"logistic regression": logistic, "gradient boosting": boosting}


def ours(program, train, test, target, options, seed):
    with tempfile.TemporaryDirectory() as folder:
        a, b, model, out = (os.path.join(folder, n) for n in ("a.csv", "b.csv", "m.safetensors", "o.csv"))
        train.to_csv(a, index=False)
        test.drop(columns=target).to_csv(b, index=False)
        commands = [
            [program, "train", a, "--target", target, "-o", model, "--seed", str(seed + 1), "--quiet"] + shlex.split(options),
            [program, "predict", model, b, "-o", out, "--quiet"],
        ]
        for command in commands:
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode:
                raise SystemExit(f"{' '.join(command)}: {run.stderr[-400:]}")
        told = pd.read_csv(out)
    levels = {c.split(" = ", 1)[1]: c for c in told if c.startswith(f"{target} = ")}
    return told, levels


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("data")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--setting", action="append", default=[])
    arguments = parser.parse_args()
    settings = dict(text.split("=", 1) for text in arguments.setting or ["ours="])
    for name, (target, dropped) in TABLES.items():
        frame = pd.read_csv(find(arguments.data, name + ".csv")).drop(columns=dropped)
        classes = sorted(frame[target].unique())
        found = {}
        for seed in range(arguments.seeds):
            for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(frame, frame[target]):
                a, b = frame.iloc[train], frame.iloc[test]
                chances = {}
                most = a[target].value_counts(normalize=True)
                chances["commonest"] = np.tile([most[c] for c in classes], (len(b), 1))
                for peer, model in peers(frame.drop(columns=target)).items():
                    model.fit(a.drop(columns=target), a[target])
                    chances[peer] = model.predict_proba(b.drop(columns=target))
                for setting, options in settings.items():
                    told, levels = ours(arguments.program, a, b, target, options, seed)
                    if len(levels) == len(classes):
                        chances[setting] = told[[levels[str(c)] for c in classes]].to_numpy()
                    else:
                        # Of a flag one probability is told, that of its second word.
                        p = told[next(iter(levels.values()))].to_numpy()
                        second = classes.index(next(c for c in classes if str(c) == next(iter(levels))))
                        chances[setting] = np.stack([p, 1 - p] if second == 0 else [1 - p, p], 1)
                truth = np.array([classes.index(v) for v in b[target]])
                for who, values in chances.items():
                    right = (values.argmax(1) == truth).mean()
                    nats = -np.log(np.clip(values[np.arange(len(truth)), truth], 1e-9, 1)).mean()
                    found.setdefault(who, []).append((right, nats))
        print(f"\n{name}: {target}, {len(frame)} rows, {frame.shape[1] - 1} columns\n")
        print("| | accuracy | log loss |\n|---|---|---|")
        for who, figures in found.items():
            right, nats = (statistics.mean(f[i] for f in figures) for i in (0, 1))
            print(f"| {who} | {right:.3f} | {nats:.3f} |", flush=True)


main()
