#!/usr/bin/env python3
"""How fast `hourglass watch` answers: rows a second in a pipe, and how long a row takes that comes alone.

    Benchmarks/watch.py PROGRAM [--rows 300000] [--single 3000] [--columns 20] [--scores error,fields,neighbours] [--core N]

Trains and calibrates a model on rows made here (so many columns of four hidden values and noise, 20 000 rows), then
pipes rows as CSV through `watch` bound to one core where --core names it, and after that feeds rows one by one: each is
written when the answer to the one before was read. Prints a line of JSON a score: rows a second, and of single rows the
median and the 99th percentile in milliseconds; the first hundred single rows are not counted. Needs numpy.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np


def rows(count, columns, seed):
    random = np.random.default_rng(seed)
    mixing = np.random.default_rng(1).standard_normal((4, columns))
    return random.standard_normal((count, 4)) @ mixing + 0.3 * random.standard_normal((count, columns))


def bound(command, core):
    return command if core is None else ["taskset", "-c", str(core), *command]


def throughput(command, text):
    with tempfile.NamedTemporaryFile() as file:
        file.write(text)
        file.flush()
        # By cat, so that it is a pipe that is read; the answers go through one too.
        start = time.perf_counter()
        cat = subprocess.Popen(["cat", file.name], stdout=subprocess.PIPE)
        watch = subprocess.Popen(command, stdin=cat.stdout, stdout=subprocess.PIPE)
        cat.stdout.close()
        answered = 0
        while piece := os.read(watch.stdout.fileno(), 1 << 20):
            answered += piece.count(b"\n")
        watch.wait()
        cat.wait()
        return answered, time.perf_counter() - start


def single(command, lines):
    watch = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    times = []
    for line in lines:
        start = time.perf_counter()
        watch.stdin.write(line)
        answer = b""
        while not answer.endswith(b"\n"):
            answer += os.read(watch.stdout.fileno(), 1 << 16)
        times.append(time.perf_counter() - start)
    watch.stdin.close()
    watch.wait()
    return 1000 * np.array(times[100:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--single", type=int, default=3000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--scores", default="error,fields,neighbours")
    parser.add_argument("--core", type=int)
    options = parser.parse_args()
    names = ",".join(f"c{index}" for index in range(options.columns))
    with tempfile.TemporaryDirectory() as folder:
        data, model = Path(folder) / "train.csv", Path(folder) / "model.safetensors"
        np.savetxt(data, rows(20_000, options.columns, 2), "%.5g", ",", header=names, comments="")
        subprocess.run(
            [options.program, "train", data, "-o", model, "--latent", "4", "--layers", "32", "--epochs", "5",
             "--calibrate", "0.3", "--quiet"], check=True)
        live = rows(min(options.rows, 100_000), options.columns, 3)
        lines = [",".join("%.5g" % value for value in row).encode() + b"\n" for row in live]
        text = (b"".join(lines) * -(-options.rows // len(lines)))
        text = names.encode() + b"\n" + text
        for score in options.scores.split(","):
            command = bound([options.program, "watch", str(model), "--score", score, "--threads", "1", "--quiet"], options.core)
            answered, seconds = throughput(command, text)
            times = single(command, lines[: options.single])
            print(json.dumps({
                "score": score, "rows": answered, "seconds": round(seconds, 3), "rows_per_second": round(answered / seconds),
                "single_median_ms": round(float(np.median(times)), 4),
                "single_p99_ms": round(float(np.percentile(times, 99)), 4), "single_most_ms": round(float(times.max()), 3),
            }), flush=True)


main()
