#!/usr/bin/env python3
"""Tables of mixed columns: ours beside PyTorch and polars, in turn, and a wide table.

    swift build -c release && Benchmarks/setup, and pip install pandas polars into its environment
    Benchmarks/mixed.py                     a million rows of 30 columns
    Benchmarks/mixed.py --rows 200000 --rounds 1
    Benchmarks/mixed.py --wide 10000        2 000 rows of so many columns, ten epochs

Prints Markdown: samples a second in the best epoch of each, whole seconds and peak memory of ours.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import machine

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent / ".build/release"


def ours(program, table, folder, threads, epochs):
    """Samples a second in the best epoch, seconds and peak megabytes of the whole process."""
    log = folder / "log"
    command = [
        program, "train", table, "--fields", "auto", "--epochs", epochs, "--threads", threads, "--seed", 1,
        "-o", folder / "model.safetensors"]
    with open(log, "w") as output:
        result = subprocess.run(
            [sys.executable, HERE / "once.py", "sh", "-c", '"$@" >&2', "sh", *map(str, command)],
            env=machine.environment(threads), stdout=subprocess.PIPE, stderr=output, text=True)
    words = log.read_text()
    if result.returncode != 0:
        raise SystemExit(words)
    rates = re.findall(r"([\d.]+)(k?) samples/s", words)
    best = max(float(number) * (1000 if thousand else 1) for number, thousand in rates)
    whole = json.loads(result.stdout)
    return best, whole["seconds"], whole["megabytes"]


def torch(python, table, threads, epochs):
    """The faster of all threads and one: on a busy machine PyTorch's threads wait for each other."""
    told = []
    for count in sorted({threads, 1}, reverse=True):
        result = subprocess.run(
            [python, HERE / "peers/torch_mixed.py", table, "--threads", str(count), "--epochs", str(epochs)],
            env=machine.environment(count), capture_output=True, text=True, check=True)
        told.append({**json.loads(result.stdout.splitlines()[-1]), "threads": count})
    best = max(told, key=lambda one: one["rows_per_second"])
    return best["rows_per_second"], best["threads"], best["peak_megabytes"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add, file = parser.add_argument, pathlib.Path
    add("--rows", type=int, default=1_000_000)
    add("--wide", type=int, help="columns of a wide table of 2 000 rows")
    add("--rounds", type=int, default=2)
    add("--threads", type=int, default=2)
    add("--program", type=file, default=BUILD / "hourglass")
    add("--python", type=file, default=HERE / ".venv/bin/python", help="the peers' Python")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = file(folder)
        table = folder / "mixed.csv"
        shape = ["2000", table, "--wide", str(options.wide)] if options.wide else [str(options.rows), table]
        subprocess.run([options.python, HERE / "mixed_table.py", *shape], check=True)
        if options.wide:
            rate, seconds, megabytes = ours(options.program, table, folder, options.threads, 10)
            print(f"| {options.wide} columns, 10 epochs | {seconds:.1f} s | {megabytes:.0f} MB | {rate:.0f}/s |")
            return
        print("| round | ours, samples/s | whole, 2 epochs | peak | PyTorch, samples/s on threads | peak | ratio |")
        print("|---|---|---|---|---|---|---|")
        for round in range(options.rounds):
            rate, seconds, megabytes = ours(options.program, table, folder, options.threads, 2)
            other, threads, memory = torch(options.python, table, options.threads, 1)
            print(
                f"| {round + 1} | {rate:,.0f} | {seconds:.1f} s | {megabytes:.0f} MB | {other:,.0f} on {threads} "
                f"| {memory} MB | {rate / other:.1f} |", flush=True)


if __name__ == "__main__":
    main()
