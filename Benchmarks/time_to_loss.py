#!/usr/bin/env python3
"""Seconds and epochs until a loss on MNIST's test images is reached, by several optimizers of ours and JAX's Adam.

    Benchmarks/run time-to-loss --data FOLDER         the folder of the IDX files of MNIST
    Benchmarks/run time-to-loss --data FOLDER --row deep-30 --setting "muon=--optimizer muon --rate 0.01 --epochs 4"

Each setting is a name and the options that train is given beside the row's own; without any, those of the table in
Documentation/optimizers.md. Seconds are those of the epochs up to the one that reaches the loss, as train tells them:
steps and validation. Every round runs each setting once, in turn; the median counts.
"""

import argparse
import json
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile

import machine

HERE = pathlib.Path(__file__).resolve().parent
TRAIN, TEST = "train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz"

# The loss to reach, the network, and what is tried.
ROWS = {
    "shallow": (
        0.0917, '--layers "" --latent 32 --code-activation relu',
        {
            "adam, as it is": "--epochs 50",
            "adam, rate and schedule": "--rate 0.01 --schedule cosine --warmup 0.5 --epochs 10",
            "schedule-free": "--optimizer schedule-free --rate 0.01 --warmup 0.5 --epochs 15",
            "soap": "--optimizer soap --rate 0.01 --schedule cosine --warmup 0.5 --epochs 4",
            "muon": "--optimizer muon --rate 0.02 --schedule cosine --warmup 0.5 --epochs 3",
        }),
    "deep-30": (
        3.00 / 784, "--layers 1000,500,250 --latent 30 --loss mse --output-activation sigmoid",
        {
            "adam, as it is": "--epochs 30",
            "muon": "--optimizer muon --rate 0.01 --batch 1024 --schedule cosine --warmup 0.5 --epochs 6",
        }),
}
JAX = {"shallow": ("0.001", "60"), "deep-30": ("0.001", "30")}


def ours(program, data, row, options, threads, seed):
    target, network, _ = ROWS[row]
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "train", str(data / TRAIN), "--validation", str(data / TEST)]
        command += ["-o", f"{folder}/m.safetensors", "--seed", str(seed), "--threads", str(threads), "--json"]
        command += shlex.split(network) + shlex.split(options)
        seconds, last = 0.0, None
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
            for line in run.stdout:
                told = json.loads(line)
                if told.get("event") != "epoch":
                    continue
                seconds, last = seconds + told["seconds"], told
                if told["validation_loss"] <= target:
                    run.terminate()
                    break
    if last is None:
        raise OSError(f"nothing was trained by {shlex.join(command)}")
    reached = last["validation_loss"]
    return {"seconds": seconds, "epochs": last["epoch"], "loss": reached, "reached": reached <= target}


def jax(python, data, row, threads):
    script = str(HERE / "peers/jax_time_to_loss.py")
    command = [str(python), script, row, str(ROWS[row][0]), str(data / TRAIN), str(data / TEST), *JAX[row]]
    result = subprocess.run(
        command, capture_output=True, text=True,
        env={**machine.environment(threads), "JAX_PLATFORMS": "cpu", "NPROC": str(threads)})
    if result.returncode:
        raise OSError(result.stderr.strip().splitlines()[-1])
    return json.loads(result.stdout.strip().splitlines()[-1])


def arguments(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add, file = parser.add_argument, pathlib.Path
    add("--data", type=file, required=True)
    add("--row", choices=sorted(ROWS), default="shallow")
    add("--setting", action="append", metavar="NAME=OPTIONS")
    add("--rounds", type=int, default=3)
    add("--threads", type=int, default=2)
    add("--build", type=file, default=HERE.parent / ".build/release", help="folder of our program")
    add("--python", type=file, default=HERE / ".venv/bin/python", help="the peer's Python")
    return parser.parse_args(words)


def main(words):
    options = arguments(words)
    row, (target, _, usual) = options.row, ROWS[options.row]
    settings = dict(text.split("=", 1) for text in options.setting) if options.setting else usual
    before, cores = machine.load(), machine.hold(options.threads)
    told = {}
    program = str(options.build / "hourglass")
    tried = {
        name: lambda seed, o=text: ours(program, options.data, row, o, options.threads, seed)
        for name, text in settings.items()}
    if options.python.exists():
        tried["JAX, adam"] = lambda seed: jax(options.python, options.data, row, options.threads)
    for round in range(options.rounds):
        for name, run in tried.items():
            told.setdefault(name, []).append(run(round + 1))
            print(f"{row} {name}: {told[name][-1]}", file=sys.stderr)
    print(f"\n{machine.describe(cores, before)}\n\nTo {target:.5g} ({row}), seeds 1 to {options.rounds}:\n")
    print("| setting | options | epochs | seconds, median | the first's seconds / these |\n|---|---|---|---|---|")
    first = statistics.median(run["seconds"] for run in next(iter(told.values())))
    for name, runs in told.items():
        epochs = ", ".join(str(run["epochs"]) if run["reached"] else f"not in {run['epochs']}" for run in runs)
        seconds = statistics.median(run["seconds"] for run in runs)
        print(f"| {name} | `{settings.get(name, '')}` | {epochs} | {seconds:.3g} | {first / seconds:.2f} |")


if __name__ == "__main__":
    main(sys.argv[1:])
