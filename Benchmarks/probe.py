#!/usr/bin/env python3
"""How much codes know of labels: the table of Documentation/probe.md, by `hourglass train` and `hourglass probe`.

    Benchmarks/probe.py DATA PROGRAM [--sets mnist,ecg,digits,penguins] [--threads 2] > results.jsonl
    Benchmarks/probe.py --table results.jsonl

DATA holds mnist/, timeseries/ecg5000/, audio/fsdd/ and tabular/penguins/. Each model is trained without labels; then
labels are drawn, five times as many of each class, and told from the code, from the prepared values and from as many
principal components: of MNIST from the first 1 000 training digits, of the spoken digits from recordings 5 to 14. Test samples: of MNIST the 10 000, of ECG5000 the last 1 000 of 4 500 beats (normal or not), of
the spoken digits recordings 0 to 4 of each speaker and digit, of the penguins three tenths. Needs Python alone.
"""

import argparse
import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

RECIPES = {
    "mnist": "--family denoising --corruption masking=0.5 --latent 32 --layers 512,256 --epochs 10",
    "ecg": "--label normal --family denoising --corruption masking=0.8 --latent 8 --layers 128,64",
    "digits": "--mel 24 --window 6144 --stride 6144 --latent 32",
    "penguins": "--fields auto --label species --corruption fields=0.5 --latent 8",
}


def first_digits(data, folder, count=1000):
    """The first digits of MNIST's training part with their labels, in its format."""
    for kind, head, size in (("images-idx3", 16, 784), ("labels-idx1", 8, 1)):
        whole = gzip.decompress((data / f"mnist/train-{kind}-ubyte.gz").read_bytes())
        start = whole[:4] + count.to_bytes(4, "big") + whole[8:head]
        (folder / f"first-{kind}-ubyte").write_bytes(start + whole[head : head + count * size])
    return folder / "first-images-idx3-ubyte"


def sources(name, data, folder):
    """The samples to train on, to draw labels of, and to test on (None: a part is held out); options of the probe."""
    if name == "mnist":
        training = data / "mnist/train-images-idx3-ubyte.gz"
        return training, first_digits(data, folder), data / "mnist/t10k-images-idx3-ubyte.gz", []
    if name == "ecg":
        lines = (data / "timeseries/ecg5000/ECG5000_other4500_binary.csv").read_text().splitlines()
        parts = folder / "ecg-train.csv", folder / "ecg-test.csv"
        parts[0].write_text("\n".join(lines[:3501]) + "\n")
        parts[1].write_text("\n".join(lines[:1] + lines[3501:]) + "\n")
        return parts[0], *parts, ["--label", "normal"]
    if name == "digits":
        training, drawn, test = (folder / f"digits-{part}" for part in ("train", "drawn", "test"))
        for file in sorted((data / "audio/fsdd").glob("*.wav")):
            digit, _, index = file.stem.split("_")
            for part in [test] if int(index) < 5 else [training, drawn] if int(index) < 15 else [training]:
                (part / digit).mkdir(parents=True, exist_ok=True)
                shutil.copy(file, part / digit / file.name)
        return training, drawn, test, []
    penguins = data / "tabular/penguins/penguins.csv"
    return penguins, penguins, None, ["--label", "species"]


def measure(name, data, program, threads, folder):
    training, drawn, test, options = sources(name, data, folder)
    model = folder / f"{name}.safetensors"
    subprocess.run(
        [program, "train", str(training), "-o", str(model), "-q", "--threads", threads] + RECIPES[name].split(),
        check=True)
    words = [program, "probe", str(model), str(drawn), "--json", "-q", "--threads", threads] + options
    if test is not None:
        words += ["--test", str(test)]
    for line in subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines():
        print(json.dumps({"set": name, **json.loads(line)}), flush=True)


def table(paths):
    points = {}
    for path in paths:
        for line in Path(path).read_text().splitlines():
            point = json.loads(line)
            if point["event"] == "point":
                key = point["set"], point["labels_per_class"], point["method"]
                points.setdefault(key, {})[point["space"]] = point
    print("| data | labels a class | probe | code | values | PCA |\n|---|---|---|---|---|---|")
    for (name, count, method), spaces in points.items():
        cells = []
        for space in ("code", "values", "components"):
            point = spaces[space]
            spread = f" ± {100 * point['deviation']:.1f}" if point["deviation"] is not None else ""
            cells.append(f"{100 * point['accuracy']:.1f}{spread}")
        print(f"| {name} | {count or 'all'} | {method} | {' | '.join(cells)} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("program", nargs="?")
    parser.add_argument("--sets", default=",".join(RECIPES))
    parser.add_argument("--threads", default="2")
    parser.add_argument("--table", nargs="+")
    given = parser.parse_args()
    if given.table:
        return table(given.table)
    if given.program is None:
        sys.exit("give DATA and PROGRAM, or --table FILE")
    with tempfile.TemporaryDirectory() as folder:
        for name in given.sets.split(","):
            measure(name, given.data, given.program, given.threads, Path(folder))


if __name__ == "__main__":
    main()
