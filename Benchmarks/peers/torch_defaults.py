#!/usr/bin/env python3
"""Ours beside PyTorch with its own first weights: the same network, data, epochs, batch and Adam at 0.001.

    Benchmarks/peers/torch_defaults.py PROGRAM DATA [--seeds 5]

PROGRAM is hourglass; DATA holds mnist/ and images/cifar10/. Prints a table in Markdown: the mean over the seeds of the
lowest validation loss (bce) of PyTorch, of ours with the rate held constant as PyTorch's is, and of ours as train does it.
Needs torch, numpy and pillow. Every run is one thread.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import tempfile

import numpy
import torch
from PIL import Image
from torch import nn

BATCH = 32


def mnist(data, part, count):
    with gzip.open(os.path.join(data, "mnist", f"{part}-images-idx3-ubyte.gz")) as file:
        return numpy.frombuffer(file.read()[16:], numpy.uint8).reshape(-1, 1, 28, 28)[:count]


def cifar(data, part, count):
    folder = os.path.join(data, "images", "cifar10", part)
    classes = sorted(os.listdir(folder))
    names = [[os.path.join(folder, c, n) for n in sorted(os.listdir(os.path.join(folder, c)))] for c in classes]
    # As many of every class.
    chosen = [name for row in zip(*names) for name in row][:count]
    return numpy.stack([numpy.asarray(Image.open(n).convert("RGB")).transpose(2, 0, 1) for n in chosen])


def dense(shape):
    values = int(numpy.prod(shape))
    return nn.Sequential(
        nn.Flatten(), nn.Linear(values, 128), nn.ReLU(), nn.Linear(128, 32),
        nn.Linear(32, 128), nn.ReLU(), nn.Linear(128, values), nn.Unflatten(1, shape))


def conv(shape):
    channels, side = shape[0], shape[1] // 4
    return nn.Sequential(
        nn.Conv2d(channels, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU(), nn.Flatten(),
        nn.Linear(64 * side * side, 32),
        nn.Linear(32, 64 * side * side), nn.ReLU(), nn.Unflatten(1, (64, side, side)),
        nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(32, channels, 3, 2, 1, 1))


def theirs(network, training, held, epochs, seed):
    torch.manual_seed(seed)
    model = network(training.shape[1:])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    loss = nn.BCEWithLogitsLoss()
    training, held = (torch.from_numpy(x.astype(numpy.float32) / 255) for x in (training, held))
    lowest = float("inf")
    for _ in range(epochs):
        for rows in torch.randperm(len(training)).split(BATCH):
            optimizer.zero_grad()
            loss(model(training[rows]), training[rows]).backward()
            optimizer.step()
        with torch.no_grad():
            lowest = min(lowest, loss(model(held), held).item())
    return lowest


def ours(program, kind, folder, epochs, seed, options):
    command = [program, "train", f"{folder}/training.npy", "--validation", f"{folder}/held.npy"]
    command += ["-o", f"{folder}/m.safetensors", "--model", kind, "--batch", str(BATCH), "--epochs", str(epochs)]
    command += ["--layers", "32,64" if kind == "conv" else "128", "--latent", "32", "--loss", "bce"]
    command += ["--seed", str(seed), "--threads", "1", "--json", *options]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(run.stdout.strip().splitlines()[-1])["validation_loss"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("data")
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print("| data | network | epochs | PyTorch | ours, rate constant | ours |\n|---|---|---|---|---|---|")
    for name, read, rows, parts in [("MNIST", mnist, 2000, ("train", "t10k")), ("CIFAR-10", cifar, 2000, ("train", "test"))]:
        training, held = read(arguments.data, parts[0], rows), read(arguments.data, parts[1], 500)
        for kind, network, epochs in [("dense", dense, 30), ("conv", conv, 10)]:
            found = {"theirs": [], "constant": [], "usual": []}
            with tempfile.TemporaryDirectory() as folder:
                numpy.save(f"{folder}/training.npy", training)
                numpy.save(f"{folder}/held.npy", held)
                for seed in range(1, arguments.seeds + 1):
                    found["theirs"].append(theirs(network, training, held, epochs, seed))
                    for key, options in [("constant", ["--schedule", "constant"]), ("usual", [])]:
                        found[key].append(ours(arguments.program, kind, folder, epochs, seed, options))
            cells = [f"{statistics.mean(v):.5f} ± {statistics.stdev(v):.5f}" for v in found.values()]
            print(f"| {name}, {len(training)} | {kind} | {epochs} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
