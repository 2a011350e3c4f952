#!/usr/bin/env python3
"""AUC and average precision of `hourglass score` on labelled tables, beside three detectors of scikit-learn.

    Benchmarks/anomaly.py FOLDER PROGRAM [--settings clean,contaminated] [--seeds 1,2,3] [--most 50000]
                          [--options "--trim 0.1"] [--name NAME] [--controls] [--sets name,name] > results.jsonl
    Benchmarks/anomaly.py --table results.jsonl [more.jsonl]

FOLDER holds .npz files with X [n, d] and y [n], 1 for an anomaly, as ADBench has them. Two settings:

clean          trained on a random half of the normal rows, judged on all other rows;
contaminated   trained on all rows, judged on the same.

Of more than --most rows a random part is taken, the same for every method. The program is run as a person runs it:
`train X.npy -o MODEL --seed S` and `score MODEL X.npy`. The controls see columns brought to mean 0 and deviation 1
by the training rows: the mean distance to the 5 nearest training rows, an isolation forest of 100 trees, and the
squared error of as many principal components as explain 90 % of the variance. Needs numpy and scikit-learn.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def split(labels, setting, seed):
    """Positions to train on and to judge by."""
    everything = np.arange(len(labels))
    if setting == "contaminated":
        return everything, everything
    normal = np.random.default_rng(seed).permutation(np.flatnonzero(labels == 0))
    training = np.sort(normal[: len(normal) // 2])
    return training, np.setdiff1d(everything, training)


def of_program(program, training, judged, seed, options, folder):
    """Scores by the program, each sample's one."""
    paths = [folder / name for name in ("train.npy", "judge.npy", "model.safetensors", "scores.npy")]
    np.save(paths[0], training)
    np.save(paths[1], judged)
    common = ["--threads", "1", "--quiet"]
    subprocess.run([program, "train", paths[0], "-o", paths[2], "--seed", str(seed), *options, *common], check=True)
    subprocess.run([program, "score", paths[2], paths[1], "-o", paths[3], *common], check=True)
    scores = np.load(paths[3]).astype(float).ravel()
    for path in paths:
        path.unlink()
    return scores


def standardised(training, judged):
    mean, deviation = training.mean(0), training.std(0)
    deviation[deviation == 0] = 1
    return (training - mean) / deviation, (judged - mean) / deviation


def of_neighbours(training, judged, seed, is_same):
    from sklearn.neighbors import NearestNeighbors

    # A row is not its own neighbour.
    count = min(6 if is_same else 5, len(training))
    distances, _ = NearestNeighbors(n_neighbors=count).fit(training).kneighbors(judged)
    return distances[:, 1 if is_same else 0 :].mean(1)


def of_forest(training, judged, seed, is_same):
    from sklearn.ensemble import IsolationForest

    return -IsolationForest(random_state=seed).fit(training).score_samples(judged)


def of_components(training, judged, seed, is_same):
    _, values, directions = np.linalg.svd(training - training.mean(0), full_matrices=False)
    share = np.cumsum(values**2) / max(np.sum(values**2), 1e-300)
    kept = directions[: int(np.searchsorted(share, 0.9)) + 1]
    centred = judged - training.mean(0)
    return ((centred - centred @ kept.T @ kept) ** 2).sum(1)


CONTROLS = {"nearest neighbours": of_neighbours, "isolation forest": of_forest, "PCA": of_components}


def measure(arguments):
    for path in sorted(Path(arguments.folder).glob("*.npz")):
        name = path.stem.split("_", 1)[-1]
        if arguments.sets and name not in arguments.sets.split(","):
            continue
        file = np.load(path, allow_pickle=False)
        values, labels = file["X"], file["y"].ravel().astype(int)
        if len(labels) > arguments.most:
            part = np.sort(np.random.default_rng(0).permutation(len(labels))[: arguments.most])
            values, labels = values[part], labels[part]
        for setting in arguments.settings.split(","):
            for seed in map(int, arguments.seeds.split(",")):
                training, judged = split(labels, setting, seed)
                methods = {}
                if arguments.controls:
                    scaled = standardised(values[training].astype(float), values[judged].astype(float))
                    for title, control in CONTROLS.items():
                        methods[title] = lambda c=control: c(*scaled, seed, setting == "contaminated")
                if arguments.program:
                    with tempfile.TemporaryDirectory() as folder:
                        run(arguments, {arguments.name: lambda: of_program(
                            arguments.program, values[training], values[judged], seed,
                            arguments.options.split(), Path(folder))}, name, setting, seed, labels[judged])
                run(arguments, methods, name, setting, seed, labels[judged])


def run(arguments, methods, name, setting, seed, labels):
    from sklearn.metrics import average_precision_score, roc_auc_score

    for title, method in methods.items():
        start = time.time()
        record = {"set": name, "setting": setting, "seed": seed, "method": title}
        try:
            scores = np.nan_to_num(method(), nan=-1e300, posinf=1e300, neginf=-1e300)
            record |= {"auc": roc_auc_score(labels, scores), "ap": average_precision_score(labels, scores)}
        except subprocess.CalledProcessError as error:
            record |= {"auc": 0.5, "ap": float(np.mean(labels)), "failed": str(error)}
        record["seconds"] = round(time.time() - start, 2)
        print(json.dumps(record), flush=True)


def table(paths):
    """Markdown: a row a set, a column a method, the mean AUC over the seeds in per cent."""
    records = [json.loads(line) for path in paths for line in open(path)]
    for setting in dict.fromkeys(record["setting"] for record in records):
        here = [record for record in records if record["setting"] == setting]
        methods = list(dict.fromkeys(record["method"] for record in here))
        print(f"\n{setting}\n\n| set | " + " | ".join(methods) + " |\n|---|" + "---|" * len(methods))
        means = {method: [] for method in methods}
        for name in dict.fromkeys(record["set"] for record in here):
            cells = []
            for method in methods:
                found = [r["auc"] for r in here if r["set"] == name and r["method"] == method]
                cells.append(f"{100 * np.mean(found):.1f}" if found else "")
                means[method] += [np.mean(found)] if found else []
            print(f"| {name} | " + " | ".join(cells) + " |")
        print("| **mean** | " + " | ".join(f"{100 * np.mean(means[m]):.1f}" for m in methods) + " |")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", nargs="?")
parser.add_argument("program", nargs="?")
parser.add_argument("--settings", default="clean,contaminated")
parser.add_argument("--seeds", default="1,2,3")
parser.add_argument("--most", type=int, default=50_000)
parser.add_argument("--options", default="")
parser.add_argument("--name", default="hourglass")
parser.add_argument("--controls", action="store_true")
parser.add_argument("--sets")
parser.add_argument("--table", nargs="+")
arguments = parser.parse_args()
table(arguments.table) if arguments.table else measure(arguments)
