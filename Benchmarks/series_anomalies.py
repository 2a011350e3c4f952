#!/usr/bin/env python3
"""How well odd stretches of series are found: ours beside a windowed Gaussian and spectral residual.

    Benchmarks/series_anomalies.py FOLDER PROGRAM [--seeds 1,2,3] [--window 48] [--options "--latent 1"] > results.jsonl
    Benchmarks/series_anomalies.py --table results.jsonl

FOLDER holds nab/ and nab_dev/ (series of the Numenta Anomaly Benchmark with combined_windows_subset.json) and ecg5000/.
A series of NAB is trained on up to its first labelled stretch, where a sixth of its rows and four windows come before
that, else as a whole; all its rows are judged, point by point, by `score --per-step`. Heartbeats of ECG5000: trained on
the normal ones of the training part, judged on the 4500 others as whole series.

Controls, which see the same series: how many deviations a value is from the mean of the four windows before it; spectral
residual of the whole series (Ren et al. 2019: mean of 3 frequencies, 21 values before, five points of extension). Of
heartbeats the mean of squared deviations from the training beats, step by step, and the highest saliency.

ROC-AUC and average precision point by point, never point-adjusted; VUS-PR as in Paparrizos et al. 2022, stretches widened
by up to half a window. Needs numpy and scikit-learn.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score


def stretches(labels):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], labels, [0]])))
    return list(zip(edges[::2], edges[1::2]))


def surface(labels, scores, window, thresholds=250):
    """VUS-PR; as SurfaceMeasures of the program, which agrees with TSB-AD."""
    n, found = len(scores), stretches(labels)
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    places = np.linspace(0, n - 1, thresholds).astype(int)
    counts = np.searchsorted(-falling, -falling[places], side="right")
    rank = np.empty(n, int)
    rank[order] = np.arange(n)
    total = 0.0
    for width in range(window + 1):
        soft, reach = labels.astype(float), width // 2
        joined = []
        for low, high in found:
            before, after = np.arange(max(low - reach, 0), low), np.arange(high, min(high + reach, n))
            if width:
                soft[before] += np.sqrt(1 - (low - before) / width)
                soft[after] += np.sqrt(1 - (after - high + 1) / width)
            wide = [max(low - reach, 0), min(high + reach, n)]
            if joined and joined[-1][1] > wide[0]:
                joined[-1][1] = wide[1]
            else:
                joined.append(wide)
        soft = np.minimum(soft, 1)
        hits = np.concatenate([[0], np.cumsum(soft[order])])[counts]
        outside = np.concatenate([[0], np.cumsum((soft * (1 - labels))[order])])[counts]
        first = np.array([rank[low:high].min() for low, high in joined])
        share = (first[None, :] < counts[:, None]).mean(1)
        recall = np.minimum(1, hits / (labels.sum() + outside / 2)) * share
        total += float(np.sum(np.diff(np.concatenate([[0], recall])) * hits / counts))
    return total / (window + 1)


def windowed_gaussian(values, width):
    sums, squares = (np.concatenate([[0], np.cumsum(values**power)]) for power in (1, 2))
    scores = np.zeros(len(values))
    for index in range(2, len(values)):
        low = max(0, index - width)
        count = index - low
        mean = (sums[index] - sums[low]) / count
        deviation = np.sqrt(max((squares[index] - squares[low]) / count - mean**2, 0))
        scores[index] = abs(values[index] - mean) / (deviation + 1e-6 * np.std(values) + 1e-12)
    return scores


def spectral_residual(values, smooth=3, local=21, ahead=5):
    gradient = np.mean([(values[-1] - values[-1 - step]) / step for step in range(1, ahead + 1)])
    extended = np.concatenate([values, np.full(ahead, values[-ahead] + gradient * ahead)])
    spectrum = np.fft.fft(extended)
    amplitude = np.maximum(np.abs(spectrum), 1e-8)
    logarithm = np.log(amplitude)
    residual = logarithm - np.convolve(np.pad(logarithm, smooth // 2, "edge"), np.ones(smooth) / smooth, "valid")
    saliency = np.abs(np.fft.ifft(np.exp(residual) * spectrum / amplitude))[: len(values)]
    sums = np.concatenate([[0], np.cumsum(saliency)])
    low = np.maximum(np.arange(len(values)) - local, 0)
    means = (sums[1:] - sums[low]) / (np.arange(len(values)) + 1 - low)
    return (saliency - means) / np.maximum(means, 1e-12)


def measures(labels, scores, window=None):
    scores = np.nan_to_num(scores, nan=np.nanmin(scores))
    result = {"roc_auc": float(roc_auc_score(labels, scores)), "ap": float(average_precision_score(labels, scores))}
    if window is not None:
        result["vus_pr"] = surface(labels, scores, window)
    return result


def run(program, *words):
    subprocess.run([program, *map(str, words), "--quiet", "--threads", "1"], check=True, stderr=subprocess.DEVNULL)


def of_series(program, path, windows, seed, window, options, folder):
    with open(path) as file:
        table = list(csv.reader(file))[1:]
    times = [datetime.fromisoformat(row[0]) for row in table]
    values = np.array([float(row[1]) for row in table])
    bounds = [[datetime.fromisoformat(text) for text in pair] for pair in windows]
    labels = np.array([int(any(low <= time <= high for low, high in bounds)) for time in times])
    first = int(np.argmax(labels))
    training = first if first >= max(len(values) // 6, 4 * window) else len(values)
    # Rows as steps, so that uneven times mean nothing to anyone.
    for name, part in (("train.csv", values[:training]), ("all.csv", values)):
        (folder / name).write_text("value\n" + "".join(f"{value!r}\n" for value in part.tolist()))
    model, scores = folder / "model.safetensors", folder / "scores.csv"
    run(program, "train", folder / "train.csv", "-o", model, "--window", window, "--seed", seed, *options)
    run(program, "score", model, folder / "all.csv", "--per-step", "-o", scores)
    with open(scores) as file:
        rows = list(csv.DictReader(file))
    found = {"hourglass": np.array([float(row["score"]) for row in rows])}
    found["windowed Gaussian"] = windowed_gaussian(values, 4 * window)
    found["spectral residual"] = spectral_residual(values)
    results = {name: measures(labels, each, window) for name, each in found.items()}
    return {"rows": len(values), "odd": int(labels.sum()), "trained_on": training, **results}


def of_heartbeats(program, place, seed, options, folder):
    training = np.loadtxt(place / "ECG5000_TRAIN.txt")
    training = training[training[:, 0] == 1, 1:]
    judged = np.loadtxt(place / "ECG5000_other4500_binary.csv", delimiter=",", skiprows=1)
    labels, judged = (judged[:, 0] == 0).astype(int), judged[:, 1:]
    paths = [folder / name for name in ("train.npy", "judge.npy", "model.safetensors", "scores.npy")]
    np.save(paths[0], training.astype(np.float32))
    np.save(paths[1], judged.astype(np.float32))
    run(program, "train", paths[0], "-o", paths[2], "--seed", seed, *options)
    run(program, "score", paths[2], paths[1], "-o", paths[3])
    mean, deviation = training.mean(0), training.std(0) + 1e-6
    found = {
        "hourglass": np.load(paths[3]).ravel(),
        "windowed Gaussian": (((judged - mean) / deviation) ** 2).mean(1),
        "spectral residual": np.array([spectral_residual(beat).max() for beat in judged]),
    }
    results = {name: measures(labels, scores) for name, scores in found.items()}
    return {"rows": len(judged), "odd": int(labels.sum()), "trained_on": len(training), **results}


METHODS = ("hourglass", "windowed Gaussian", "spectral residual")


def table(path):
    sets = {}
    for line in open(path):
        record = json.loads(line)
        sets.setdefault(record["set"], []).append(record)
    print("| set | trained on | " + " | ".join(f"{name}: AUC, AP, VUS-PR" for name in METHODS) + " |")
    print("|---" * (2 + len(METHODS)) + "|")
    sums = {name: [] for name in METHODS}

    def cell(values):
        return ", ".join("-" if value is None else f"{value:.3f}" for value in values)

    for name, records in sets.items():
        cells = []
        for method in METHODS:
            means = [
                float(np.mean([record[method][key] for record in records])) if key in records[0][method] else None
                for key in ("roc_auc", "ap", "vus_pr")
            ]
            cells.append(cell(means))
            if means[2] is not None:
                sums[method].append(means)
        share = "all" if records[0]["trained_on"] == records[0]["rows"] else str(records[0]["trained_on"])
        print(f"| {name} | {share} | " + " | ".join(cells) + " |")
    print("| mean of the series | | " + " | ".join(cell(np.mean(sums[method], 0)) for method in METHODS) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("program", nargs="?")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--window", type=int, default=48)
    parser.add_argument("--options", default="")
    parser.add_argument("--table")
    options = parser.parse_args()
    if options.table:
        return table(options.table)
    words = options.options.split()
    series = []
    for part in ("nab", "nab_dev"):
        labels = json.loads((options.folder / part / "combined_windows_subset.json").read_text())
        series += [(options.folder / part / name, windows) for name, windows in labels.items() if windows]
    with tempfile.TemporaryDirectory() as folder:
        for seed in options.seeds.split(","):
            for path, windows in series:
                result = of_series(options.program, path, windows, seed, options.window, words, Path(folder))
                print(json.dumps({"set": path.stem, "seed": seed, **result}), flush=True)
            result = of_heartbeats(options.program, options.folder / "ecg5000", seed, words, Path(folder))
            print(json.dumps({"set": "ECG5000", "seed": seed, **result}), flush=True)


sys.exit(main())
