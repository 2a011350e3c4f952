"""What a person feels: whole processes from nothing to done, their seconds and their peak memory."""

import json
import os
import pathlib
import random
import struct
import subprocess
import sys

import machine

HERE = pathlib.Path(__file__).resolve().parent
EPOCHS, ROWS, COLUMNS = 50, 1_000, 10
SCALED = ["deep", "vae", "convpool", "convstride"]


def least(runs, measure, command, threads):
    """The least seconds or megabytes of some runs of a command; raises with its last words if it fails."""
    found = []
    for _ in range(runs):
        result = subprocess.run(
            [sys.executable, HERE / "once.py", *map(str, command)], env=machine.environment(threads),
            capture_output=True, text=True)
        if result.returncode != 0:
            words = result.stderr.strip().splitlines() or ["no message"]
            raise OSError(f"exit {result.returncode}: {words[-1]}")
        found.append(json.loads(result.stdout)[measure])
    return min(found)


def write_table(file):
    """A table of numbers with a line of names."""
    draw = random.Random(0)
    lines = [",".join(f"column{i}" for i in range(COLUMNS))]
    lines += [",".join(f"{draw.gauss(0, 1):.6f}" for _ in range(COLUMNS)) for _ in range(ROWS)]
    file.write_text("\n".join(lines) + "\n")


def digits(folder):
    """MNIST's training images; where they are absent a file of the same form, which takes the same memory."""
    named = os.environ.get("HOURGLASS_DATA")
    place = pathlib.Path(named) if named else HERE.parent.parent / "shared/data"
    real = place / "mnist/train-images-idx3-ubyte.gz"
    if real.exists():
        return real
    file = folder / "random-images-idx3-ubyte"
    file.write_bytes(struct.pack(">IIII", 0x803, 60_000, 28, 28) + os.urandom(60_000 * 784))
    return file


def line(bench, what, measure, unit, ours, peer, bars):
    """One line of the table: runs both, a participant that cannot is told in the notes."""
    found = []
    for who, runs, command in (ours, peer):
        try:
            found.append(least(runs, measure, command, bench.options.threads) if command else None)
        except OSError as error:
            bench.note(f"{what}: {who} did not run, {error}")
            found.append(None)
    ratio = found[1] / found[0] if None not in found else None
    limit, times = bars
    met = "–"
    if found[0] is not None and (ratio is not None or times is None):
        met = "yes" if found[0] < limit and (times is None or ratio >= times) else "no"
    tell = lambda value: "–" if value is None else f"{value:.4g} {unit}"
    bar = f"under {limit} {unit}" + (f", {times}x" if times else "")
    share = "–" if ratio is None else f"{ratio:.1f}x"
    return f"| {what} | {tell(found[0])} | {tell(found[1])} | {share} | {bar} | {met} |"


def scaling(bench, row):
    """Two threads against one, where ours can run the row."""
    try:
        alone = bench.ours_once(row, 1)
    except OSError as error:
        bench.note(f"one thread on {row}: {error}")
        return None
    both = bench.best(row, "hourglass")
    ratio = alone / both
    return (
        f"| {row}: {bench.options.threads} threads against one | {both:.4g} s | one thread {alone:.4g} s "
        f"| {ratio:.2f}x | 1.7x | {'yes' if ratio >= 1.7 else 'no'} |")


def table(bench, folder):
    """The lines of the table; `folder` takes the files the runs need and make."""
    program, python = bench.options.build / "hourglass", bench.options.python
    if not program.exists():
        bench.note(f"no {program.name} in {bench.options.build}: what a person feels is the peers' alone")
    ours = lambda *rest: [program, *rest, "--threads", bench.options.threads] if program.exists() else None
    peer = lambda name, *rest: [python, HERE / "peers" / name, *rest] if python.exists() else None
    rows, images = folder / "table.csv", digits(folder)
    write_table(rows)
    architectures, model = HERE / "architectures", folder / "model.safetensors"
    train = lambda source, name, *rest: ours(
        "train", source, "--architecture", architectures / f"{name}.json", "-o", model, "--quiet", *rest)

    lines = ["| what | ours | peer | peer / ours | bar | met |", "|---|---|---|---|---|---|"]
    help = [program, "--help"] if program.exists() else None
    lines.append(
        line(
            bench, "`--help`, whole process", "seconds", "s", ("ours", 20, help), ("–", 0, None),
            (0.03, None)))
    lines.append(
        line(
            bench, f"{EPOCHS} epochs on {ROWS} x {COLUMNS} CSV, whole process; Keras", "seconds", "s",
            ("ours", 5, train(rows, "tiny", "--epochs", EPOCHS, "--batch", 32)),
            ("Keras", 2, peer("keras_table.py", rows, folder / "model.keras", EPOCHS)), (1.0, 10)))
    lines.append(
        line(
            bench, "peak memory, `deep` on MNIST; PyTorch", "megabytes", "MB",
            ("ours", 1, train(images, "deep", "--epochs", 2)),
            ("PyTorch", 1, peer("torch_memory.py", images, folder / "model.pt")), (300, 3)))
    for row in SCALED:
        if bench.best(row, "hourglass"):
            lines.append(scaling(bench, row))
    return [text for text in lines if text]
