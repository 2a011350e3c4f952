#!/usr/bin/env python3
"""Counts of one whole: what comes back of simulated parameters, and which distribution tells held-out cells best.

    Benchmarks/counts.py PROGRAM [DATA]… [--cells 4000] [--genes 200] [--seeds 1]

First cells of three kinds are drawn: sizes l log-normal, shares p by kind, x ~ negative binomial with mean l p and a
dispersion theta a gene (variance mu + mu^2 / theta), theta log-uniform from 0.5 to 8. A variational model is trained
on them with `train`; from its file come the dispersions, and from `reconstruct` what is expected of each cell. Printed are
the errors of both beside the truth. Then, of each DATA (a matrix of counts, a 10x folder, or a
table of genes by cells), minus the log-likelihood of
held-out cells in nats a cell (`evaluate --nll`, 100 draws) by each distribution, all else the same.
"""

import argparse
import json
import os
import struct
import subprocess
import tempfile

import numpy as np


def run(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, words))}: {done.stderr}")
    return done.stdout


def weights(path):
    """The tensors of a safetensors file by name."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        head = json.loads(file.read(length))
        body = file.read()
    return {
        name: np.frombuffer(body[slice(*of["data_offsets"])], "<f4").reshape(of["shape"])
        for name, of in head.items()
        if name != "__metadata__" and of["dtype"] == "F32"
    }


def write(path, counts):
    rows, columns = np.nonzero(counts)
    with open(path, "w") as file:
        print("%%MatrixMarket matrix coordinate integer general", file=file)
        print(*counts.shape, len(rows), file=file)
        for row, column in zip(rows, columns):
            print(row + 1, column + 1, counts[row, column], file=file)


def simulate(cells, genes, seed):
    random = np.random.default_rng(seed)
    theta = np.exp(random.uniform(np.log(0.5), np.log(8), genes))
    base = random.normal(0, 1, genes)
    shares = np.exp(base + random.normal(0, 0.8, (3, genes)) * (random.uniform(size=(3, genes)) < 0.3))
    shares /= shares.sum(1, keepdims=True)
    kinds = random.integers(0, 3, cells)
    mean = (20 * genes * np.exp(random.normal(0, 0.4, cells)))[:, None] * shares[kinds]
    counts = random.poisson(mean * random.gamma(theta, 1 / theta, (cells, genes)))
    return counts, mean, theta


def recover(program, cells, genes, seed, folder):
    counts, mean, theta = simulate(cells, genes, seed)
    data, model, out = (os.path.join(folder, name) for name in ("c.mtx", "m.safetensors", "r.npy"))
    write(data, counts)
    run(program, "train", data, "-o", model, "--family", "variational", "--latent", 4, "--epochs", 150,
        "--seed", seed, "--quiet")
    run(program, "reconstruct", model, data, "-o", out, "--quiet")
    found = np.exp(10 * weights(model)["fields.0.dispersions"])
    made = np.load(out)
    # The library size that a model sees is that of the counts, of which the drawn ones differ.
    made = made / made.sum(1, keepdims=True) * mean.sum(1, keepdims=True)
    off = np.abs(found - theta) / theta
    far = np.abs(made - mean) / mean
    print(f"{cells} cells, {genes} genes, seed {seed}: dispersions off by {100 * off.mean():.1f} % in the mean, "
          f"{100 * np.median(off):.1f} % in the middle, {100 * np.quantile(off, 0.95):.1f} % at 95 of 100, bias "
          f"{100 * (found / theta).mean() - 100:+.1f} %; means by {100 * far.mean():.1f} %, "
          f"{100 * np.median(far):.1f} % in the middle")


LAWS = ["poisson", "multinomial", "negative-binomial", "zero-inflated-negative-binomial"]


def compare(program, data, seeds, folder):
    name = os.path.basename(data.rstrip("/"))
    turned = ["--samples-in", "columns"] if name.endswith((".tsv", ".csv", ".txt")) else []
    print(f"\n{name}: minus the log-likelihood of held-out cells, nats a cell\n\n| distribution | " +
          " | ".join(f"seed {seed}" for seed in range(1, seeds + 1)) + " |\n|---|" + "---|" * seeds)
    for law in LAWS:
        cells = []
        for seed in range(1, seeds + 1):
            model = os.path.join(folder, "l.safetensors")
            run(program, "train", data, "-o", model, "--family", "variational", "--latent", 10, "--law", law,
                "--seed", seed, "--quiet", *turned)
            told = json.loads(run(program, "evaluate", model, data, "--nll", "--samples", 100, "--json", *turned))
            cells.append(f"{told['nll_nats']:.2f}")
        print(f"| {law} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("data", nargs="*")
    parser.add_argument("--cells", type=int, default=4000)
    parser.add_argument("--genes", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=1)
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, arguments.seeds + 1):
            recover(program, arguments.cells, arguments.genes, seed, folder)
        for data in arguments.data:
            compare(program, data, arguments.seeds, folder)


if __name__ == "__main__":
    main()
