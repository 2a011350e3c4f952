"""The work every peer does: rows of the table, their data, how an epoch is timed, how a result is told.

A peer is called `python NAME_peer.py ROW [--threads 2] [--variant NAME]…` and prints one line of JSON:

    {"peer": "jax 0.10.2", "row": "deep", "variant": "scan", "seconds": 0.25, "median": 0.26,
     "epochs": [0.26, 0.25, …], "variants": {"scan": 0.25, "step": 0.31}, "parameters": 218192,
     "loss": 0.083}

`seconds` is the best epoch of the best variant; a variant is one way the framework can be asked to do it.
"""

import argparse
import json
import statistics
import sys
import time
from dataclasses import dataclass

import numpy


@dataclass(frozen=True)
class Row:
    """One row of the table: shape of a sample, samples a step, samples an epoch."""

    name: str
    sample: tuple
    batch: int
    rows: int

    def data(self):
        """Random values in [0, 1): the speed does not depend on them."""
        return numpy.random.default_rng(0).random((self.rows, *self.sample), dtype=numpy.float32)


ROWS = {
    row.name: row
    for row in [
        Row("deep", (784,), 256, 60_000),
        Row("shallow", (784,), 256, 60_000),
        Row("tiny", (10,), 32, 10_000),
        Row("table-64", (64,), 32, 10_000),
        Row("table-30", (30,), 32, 10_000),
        Row("vae", (784,), 128, 60_000),
        Row("convpool", (28, 28, 1), 128, 6_400),
        Row("convstride", (28, 28, 1), 128, 6_400),
        Row("lstm", (140, 1), 64, 1_280),
        Row("encode", (784,), 1024, 60_000),
    ]
}

RATE = 1e-3  # Adam's, with betas 0.9 and 0.999 and epsilon 1e-8


def arguments():
    """The row, the number of threads and the variant named on the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("row", choices=sorted(ROWS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--variant", action="append", help="run only the variants so named")
    return parser.parse_args()


def timed(epoch, beat=None, warm=2, least=5, seconds=2.0):
    """Seconds of each of at least `least` epochs that fill at least `seconds`, after `warm` untimed ones.

    Only the last warm epoch where even that took three times as long as the epoch to beat.
    """

    def once():
        start = time.perf_counter()
        epoch()
        return time.perf_counter() - start

    last = [once() for _ in range(warm)][-1]
    if beat is not None and last > 3 * beat:
        return [last]
    times = []
    while len(times) < least or (sum(times) < seconds and len(times) < 50):
        times.append(once())
    return times


@dataclass
class Trained:
    """A variant made ready: what runs one epoch, how many parameters it trains, its loss on a batch."""

    epoch: object
    parameters: int
    loss: object = lambda: None


def report(peer, row, variants, only=None):
    """Times every variant (each is made by its function) and prints the line of the fastest.

    A variant that cannot run here is told on standard error and left out.
    """
    best, times = None, {}
    for name, make in variants.items():
        if only and name not in only:
            continue
        try:
            trained = make()
            epochs = timed(trained.epoch, best and best["seconds"])
            loss = trained.loss()
        except Exception as error:  # a compiler that is missing, a flag a version does not know
            print(f"{peer} {row.name} {name}: {type(error).__name__}: {error}", file=sys.stderr)
            continue
        times[name] = min(epochs)
        if best is None or min(epochs) < best["seconds"]:
            best = {
                "peer": peer, "row": row.name, "variant": name, "seconds": min(epochs),
                "median": statistics.median(epochs), "epochs": epochs,
                "parameters": trained.parameters, "loss": loss,
            }
    if best is None:
        sys.exit(f"{peer} {row.name}: no variant ran")
    best["epochs"] = [round(seconds, 6) for seconds in best["epochs"]]
    print(json.dumps({**best, "variants": times}))
