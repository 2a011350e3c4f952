"""Clusters of handwritten digits without labels: ours over seeds, and beside umap-learn with scikit-learn.

Usage: clusters.py HOURGLASS WORK mnist=FILE.npz usps=FILE.npz ... [--seeds 5] [--time] [--out FILE]

Each FILE.npz holds `images` (bytes, n x height x width) and `labels`; of MNIST and USPS train and test together. WORK is a
folder for models, which are trained where they are not there yet. The recipe is the same for all data; RECIPES says how
long. `--time` measures the clustering of the first seed's codes by both programs in turn, two threads
each. Needs numpy; for --time scikit-learn and umap-learn.
"""

import argparse
import json
import pathlib
import subprocess
import time

import numpy as np

import machine

SHARED = ["--layers", "500,500,2000", "--latent", "10", "--validation", "0", "--precision", "auto", "--corruption", "masking=0.3"]
RECIPES = {"mnist": ["--epochs", "12"], "usps": ["--epochs", "60"], "optdigits": ["--epochs", "100"]}


def run(words):
    start = time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(" ".join(words) + "\n" + done.stderr)
    return done, time.perf_counter() - start


def train(program, work, name, source, seed):
    model = work / f"{name}-{seed}.safetensors"
    seconds = 0.0
    if not model.exists():
        words = [program, "train", f"{source}:images", "--seed", str(seed), "-o", str(model)] + SHARED + RECIPES[name]
        seconds = run(words)[1]
    return model, seconds


def ours(program, model, source, seed, work, method="umap", runs=1):
    out = work / f"{model.stem}.clusters.npy"
    done, seconds = run([
        program, "cluster", str(model), f"{source}:images", "--label", "labels", "--clusters", "10", "--method", method, "--seed",
        str(seed), "--runs", str(runs), "--json", "-o", str(out)])
    return json.loads(done.stdout.splitlines()[0]), seconds


PEER = """
import sys, time, numpy as np, umap
from sklearn.mixture import GaussianMixture
z = np.load(sys.argv[1]); k = int(sys.argv[2]); once = umap.UMAP(n_neighbors=20, n_components=2, n_epochs=5).fit(z[:500])
t = time.perf_counter()
u = umap.UMAP(n_neighbors=20, min_dist=0, n_components=k, n_jobs=2).fit_transform(z)
middle = time.perf_counter()
p = GaussianMixture(k, random_state=0).fit(u).predict(u)
print(middle - t, time.perf_counter() - middle)
"""


def times(program, model, source, work, rounds):
    """Seconds of clustering codes, by each in turn: ours the whole program from its start, theirs after compiling."""
    codes = work / f"{model.stem}.npy"
    run([program, "encode", str(model), f"{source}:images", "-o", str(codes)])
    mine, theirs = [], []
    for _ in range(rounds):
        mine.append(ours(program, model, source, 1, work)[1])
        done, _ = run(["python3", "-c", PEER, str(codes), "10"])
        theirs.append([float(x) for x in done.stdout.split()])
    return mine, theirs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--method", default="umap")
    parser.add_argument("--time", type=int, default=0, metavar="ROUNDS")
    parser.add_argument("--out", type=pathlib.Path)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    rows = []
    print("| data | samples | accuracy mean | worst | NMI | ARI | silhouette | training, s | clustering, s |\n|---|---|---|---|---|---|---|---|---|")
    for pair in given.sources:
        name, source = pair.split("=")
        found, seconds = [], []
        for seed in range(1, given.seeds + 1):
            model, spent = train(given.program, given.work, name, source, seed)
            result, took = ours(given.program, model, source, seed, given.work, given.method)
            found.append(result)
            seconds.append((spent, took))
            rows.append({"data": name, "seed": seed, **result, "training": spent, "clustering": took})
        column = lambda key: [r[key] for r in found]
        print(
            f"| {name} | {found[0]['samples']} | {np.mean(column('accuracy')):.4f} | {min(column('accuracy')):.4f} | "
            f"{np.mean(column('nmi')):.4f} | {np.mean(column('ari')):.4f} | {np.mean(column('silhouette')):.3f} | "
            f"{np.mean([s[0] for s in seconds]):.0f} | {np.mean([s[1] for s in seconds]):.1f} |", flush=True)
        if given.time:
            machine.hold(2)
            mine, theirs = times(given.program, given.work / f"{name}-1.safetensors", source, given.work, given.time)
            whole = [sum(t) for t in theirs]
            print(f"{name}: ours {min(mine):.1f} s, umap-learn and scikit-learn {min(whole):.1f} s ({theirs}): {min(whole) / min(mine):.1f} times")
            rows.append({"data": name, "ours": mine, "theirs": theirs})
    if given.out:
        given.out.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
