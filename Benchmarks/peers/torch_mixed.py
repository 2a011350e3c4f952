"""PyTorch on the table of `mixed_table.py`, as `hourglass train` builds the network: embedding tables for
categories of more than 16 levels, a head for each group of fields, width 128-10-128, fused Adam.

    torch_mixed.py TABLE.csv [--threads 2] [--epochs 3] [--batch 256] [--rows N] [--code 10]
"""

import argparse
import json
import math
import resource
import time

import numpy
import pandas
import torch
from torch import nn
from torch.nn import functional

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("table")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--batch", type=int, default=256)
parser.add_argument("--rows", type=int)
parser.add_argument("--code", type=int, default=10, help="values of the code")
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(1)

start = time.perf_counter()
table = pandas.read_csv(options.table, nrows=options.rows)
reading = time.perf_counter() - start


def standard(values):
    values = numpy.asarray(values, numpy.float64)
    return (values - values.mean()) / values.std()


numbers, counts, levels = [], [], []
flags = [table[name] == "yes" for name in table if name.startswith("flag")]
for name in table:
    column = table[name]
    if name.startswith("number"):
        numbers.append(standard(column))
    elif name.startswith("date"):
        seconds = pandas.to_datetime(column).astype("int64").to_numpy() // 10**9
        numbers.append(standard(seconds))
        for cycle in (7 * 86400, 365.2425 * 86400):
            angle = 2 * math.pi * (seconds % cycle) / cycle
            numbers += [numpy.sin(angle), numpy.cos(angle)]
    elif name.startswith("count"):
        counts.append(column.to_numpy())
    elif name.startswith("category"):
        levels.append(pandas.factorize(column)[0])
given = sum(name.startswith(("number", "date")) for name in table)
# The cycles are read, but not given back: they stand last.
order = [place for place in range(len(numbers))]
cycles = [place for place in order if numbers[place].max() <= 1.0 and numbers[place].min() >= -1.0]
order = [place for place in order if place not in cycles] + cycles
numbers = torch.tensor(numpy.stack([numbers[place] for place in order], 1), dtype=torch.float32)
counts = torch.tensor(numpy.stack(counts, 1), dtype=torch.float32)
flags = torch.tensor(numpy.stack(flags, 1), dtype=torch.float32)
levels = torch.tensor(numpy.stack(levels, 1))
sizes = (levels.max(0).values + 1).tolist()


def vector(size):
    padded = 1 << math.ceil(math.log2(size + 1))
    return None if padded <= 16 else min(50, math.ceil(1.6 * padded ** 0.56))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.tables = nn.ModuleList(
            nn.Embedding(size + 1, vector(size)) if vector(size) else nn.Identity() for size in sizes)
        width = numbers.shape[1] + counts.shape[1] + flags.shape[1]
        width += sum(vector(size) or size + 1 for size in sizes)
        self.body = nn.Sequential(
            nn.Linear(width, 128), nn.ReLU(), nn.Linear(128, options.code), nn.Linear(options.code, 128),
            nn.ReLU())
        self.numbers = nn.Linear(128, given)
        self.counts = nn.Linear(128, 2 * counts.shape[1])
        self.flags = nn.Linear(128, flags.shape[1])
        self.levels = nn.ModuleList(nn.Linear(128, size + 1) for size in sizes)

    def forward(self, number, count, flag, level):
        read = [number, torch.log1p(count), 2 * flag - 1]
        for place, size in enumerate(sizes):
            own = level[:, place]
            read.append(
                self.tables[place](own) if vector(size)
                else functional.one_hot(own, size + 1).to(torch.float32))
        hidden = self.body(torch.cat(read, 1))
        loss = functional.mse_loss(self.numbers(hidden), number[:, :given], reduction="none").sum(1) / 2
        loss = loss + functional.binary_cross_entropy_with_logits(
            self.flags(hidden), flag, reduction="none").sum(1)
        mean, dispersion = self.counts(hidden).clamp(-10, 10).exp().chunk(2, 1)
        loss = loss - (
            torch.lgamma(count + dispersion) - torch.lgamma(dispersion)
            + dispersion * torch.log(dispersion / (dispersion + mean))
            + count * torch.log(mean / (dispersion + mean))).sum(1)
        for place, head in enumerate(self.levels):
            loss = loss + functional.cross_entropy(head(hidden), level[:, place], reduction="none")
        return loss.mean()


network = Network()
optimizer = torch.optim.Adam(network.parameters(), 1e-3, fused=True)
rows, seconds = len(numbers), []
for epoch in range(options.epochs):
    start = time.perf_counter()
    for batch in torch.randperm(rows).split(options.batch):
        optimizer.zero_grad(set_to_none=True)
        loss = network(numbers[batch], counts[batch], flags[batch], levels[batch])
        loss.backward()
        optimizer.step()
    seconds.append(time.perf_counter() - start)
print(json.dumps({
    "peer": f"torch {torch.__version__}", "row": "mixed", "rows": rows, "seconds": min(seconds),
    "rows_per_second": rows / min(seconds), "reading": reading, "loss": loss.item(),
    "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
