"""Odd rows of published tables: ours beside nearest neighbours, isolation forest, PCA and PyOD's networks.

Usage: anomalies.py HOURGLASS FOLDER [--seeds 5] [--deep 1] [--rows 10000] [--members 1] [--only NAME,...]
                    [--setting clean] [--methods NAME,...] [--out FILE]

FOLDER holds ADBench's .npz files with X and y. Two settings:
  clean         half of the normal rows, drawn at random, to train on; the other half and all odd rows to judge
  contaminated  all rows to train on, all rows to judge
At most --rows rows are trained on, and five times as many judged, drawn at random; the same ones by every method.
Deep peers run for the first --deep seeds. Times are of training and scoring: of ours the program from start to
end, of the others the calls alone. Needs numpy and scikit-learn, for deep peers PyOD and PyTorch.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import NearestNeighbors


def standardised(train, test):
    mean, spread = train.mean(0), train.std(0)
    spread[spread == 0] = 1
    return (train - mean) / spread, (test - mean) / spread


def neighbours(train, test, seed):
    return NearestNeighbors(n_neighbors=5).fit(train).kneighbors(test)[0][:, -1]


def forest(train, test, seed):
    return -IsolationForest(random_state=seed).fit(train).score_samples(test)


def principal(train, test, seed):
    """PyOD's score: distances along all components, each over its variance."""
    found = PCA(random_state=seed).fit(train)
    variances = np.maximum(found.explained_variance_, 1e-9 * found.explained_variance_.max())
    return (found.transform(test) ** 2 / variances).sum(1)


def deep(kind):
    def score(train, test, seed):
        import torch
        from pyod.models.auto_encoder import AutoEncoder
        from pyod.models.deep_svdd import DeepSVDD
        from pyod.models.vae import VAE

        torch.manual_seed(seed)
        model = {
            "PyOD AutoEncoder": lambda: AutoEncoder(random_state=seed),
            "PyOD VAE": lambda: VAE(random_state=seed),
            "PyOD DeepSVDD": lambda: DeepSVDD(n_features=train.shape[1], random_state=seed),
        }[kind]()
        model.fit(train)
        return model.decision_function(test)

    return score


def ours(program, train, test, seed, members, isContaminated, folder):
    """train and detect, as a person would."""
    np.save(f"{folder}/train.npy", train.astype(np.float32))
    np.save(f"{folder}/test.npy", test.astype(np.float32))
    options = ["--trim", "0.1"] if isContaminated else []
    start = time.monotonic()
    for words in [
        ["train", f"{folder}/train.npy", "-o", f"{folder}/m.safetensors", "--calibrate", "0.2",
         "--members", str(members), "--seed", str(seed)] + options,
        ["detect", f"{folder}/m.safetensors", f"{folder}/test.npy", "-o", f"{folder}/found.npy"],
    ]:
        done = subprocess.run([program, *words, "--quiet"], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
    seconds = time.monotonic() - start
    return np.load(f"{folder}/found.npy")[:, 0], seconds


def parts(values, labels, isContaminated, rows, random):
    normal, odd = np.flatnonzero(labels == 0), np.flatnonzero(labels == 1)
    if isContaminated:
        train = test = np.arange(len(labels))
    else:
        normal = random.permutation(normal)
        train, test = normal[: len(normal) // 2], np.concatenate([normal[len(normal) // 2 :], odd])
    if len(train) > rows:
        train = random.permutation(train)[:rows]
    if len(test) > 5 * rows:
        test = random.permutation(test)[: 5 * rows]
    return values[train], values[test], labels[test]


def main():
    read = argparse.ArgumentParser()
    read.add_argument("program")
    read.add_argument("folder")
    read.add_argument("--seeds", type=int, default=5)
    read.add_argument("--deep", type=int, default=1)
    read.add_argument("--rows", type=int, default=10_000)
    read.add_argument("--members", type=int, default=1)
    read.add_argument("--only", default="")
    read.add_argument("--setting", default="clean,contaminated")
    read.add_argument("--methods", default="", help="beside ours, by name; all where none is named")
    read.add_argument("--out")
    options = read.parse_args()
    files = sorted(Path(options.folder).glob("*.npz"), key=os.path.getsize)
    if options.only:
        files = [file for file in files if file.stem.split("_")[-1] in options.only.split(",")]
    found = {}
    shallow = {"nearest neighbours": neighbours, "isolation forest": forest, "PCA": principal}
    peers = {kind: deep(kind) for kind in ["PyOD AutoEncoder", "PyOD VAE", "PyOD DeepSVDD"]}
    wanted = [name for name in options.methods.split(",") if name]
    shallow = {name: method for name, method in shallow.items() if not wanted or name in wanted}
    peers = {name: method for name, method in peers.items() if not wanted or name in wanted}
    for setting in options.setting.split(","):
        for file in files:
            with np.load(file) as archive:
                values, labels = archive["X"].astype(np.float64), archive["y"]
            row = found.setdefault(setting, {}).setdefault(file.stem.split("_", 1)[1], {})
            for seed in range(options.seeds):
                random = np.random.default_rng(seed)
                train, test, truth = parts(values, labels, setting != "clean", options.rows, random)
                scaled = standardised(train, test)

                def note(name, scores, seconds):
                    row.setdefault(name, []).append(
                        (roc_auc_score(truth, scores), average_precision_score(truth, scores), seconds))

                with tempfile.TemporaryDirectory() as folder:
                    note("ours", *ours(options.program, train, test, seed, options.members, setting != "clean", folder))
                for name, method in {**shallow, **(peers if seed < options.deep else {})}.items():
                    start = time.monotonic()
                    scores = method(*scaled, seed)
                    note(name, np.nan_to_num(scores, posinf=1e30), time.monotonic() - start)
            means = {name: np.mean(own, axis=0) for name, own in row.items()}
            words = "  ".join(f"{name} {100 * mean[0]:.1f} {100 * mean[1]:.1f} {mean[2]:.2f}s" for name, mean in means.items())
            print(f"{setting} {file.stem.split('_', 1)[1]}: {words}", flush=True)
        names = list(next(iter(found[setting].values())))
        print(f"\n{setting}: mean of {len(found[setting])} sets (ROC-AUC, average precision, seconds in all)")
        for name in names:
            means = [np.mean(row[name], axis=0) for row in found[setting].values()]
            print(f"  {name:20} {100 * np.mean([m[0] for m in means]):.2f} {100 * np.mean([m[1] for m in means]):.2f} "
                  f"{sum(m[2] for m in means):.1f}")
        print(flush=True)
    if options.out:
        Path(options.out).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
