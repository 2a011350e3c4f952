#!/usr/bin/env python3
"""Writes a table of mixed columns for benchmarks: `mixed_table.py ROWS OUT.csv [--wide COLUMNS]`.

Thirty columns: 18 numbers that hang together by four hidden ones, 6 categories of 5 to 200 levels, 3 flags,
2 counts, 1 date; with --wide so many columns in the same shares, without a date, and
categories of 3 to 16 levels.
"""

import argparse
import datetime

import numpy

LEVELS = [5, 12, 20, 50, 100, 200]
WIDE_LEVELS = [3, 4, 6, 8, 12, 16]


def columns(rows, numbers, categories, flags, counts, dates, sizes, random):
    """Names, and the cells of each column as texts."""
    hidden = random.normal(size=(rows, 4)).astype(numpy.float32)

    def mixed():
        return hidden @ random.normal(size=4) + 0.5 * random.normal(size=rows)

    for place in range(numbers):
        yield f"number{place}", numpy.char.mod("%.4f", mixed())
    for place in range(categories):
        levels = sizes[place % len(sizes)]
        order = numpy.argsort(numpy.argsort(mixed()))
        texts = numpy.array([f"level {level}" for level in range(levels)])
        yield f"category{place}", texts[order * levels // rows]
    for place in range(flags):
        yield f"flag{place}", numpy.where(mixed() > 0, "yes", "no")
    for place in range(counts):
        yield f"count{place}", numpy.char.mod("%d", random.poisson(numpy.exp(1 + 0.3 * mixed())))
    first = datetime.date(2019, 1, 1)
    days = numpy.array([(first + datetime.timedelta(days=day)).isoformat() for day in range(1500)])
    for place in range(dates):
        yield f"date{place}", days[random.integers(0, len(days), rows)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("out")
    parser.add_argument("--wide", type=int, help="columns in all (default: 30)")
    options = parser.parse_args()
    shares = (18, 6, 3, 2, 1)
    if options.wide:
        rest = [options.wide * share // 30 for share in shares[1:4]]
        shares = (options.wide - sum(rest), *rest, 0)
    sizes = WIDE_LEVELS if options.wide else LEVELS
    random = numpy.random.default_rng(1)
    names, cells = zip(*columns(options.rows, *shares, sizes, random))
    with open(options.out, "w") as file:
        file.write(",".join(names) + "\n")
        for start in range(0, options.rows, 50_000):
            part = [column[start:start + 50_000] for column in cells]
            file.writelines(",".join(row) + "\n" for row in zip(*part))


if __name__ == "__main__":
    main()
