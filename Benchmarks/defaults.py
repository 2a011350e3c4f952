#!/usr/bin/env python3
"""Validation loss over that of PCA of the same width, for settings of train, over real data sets.

    Benchmarks/defaults.py PROGRAM DATA [--seeds 5] [--sets NAME,…] [--setting NAME=OPTIONS]… [--apart]

PROGRAM is hourglass, DATA the folder of the data sets below. Each setting is a name and the options that train is
given beside the set's own; an empty one is the default. Prints a table in Markdown: a row a set with the median over
the seeds of the ratio, below 1 where the autoencoder beats PCA; then the geometric mean of each column, how many sets
it is the best on, how many it beats PCA on, and the median seconds. Every run is one thread. --keep FILE holds the runs
that are done, a line of JSON each, so that a run of the script that was stopped goes on.

With --apart the ratio is that of squared errors on samples that the training never sees, nor is judged by: the test
part of UCR's sets, of tables a fifth of the rows, drawn by the seed; series that are cut into windows are left out.
Needs numpy.
"""

import argparse
import json
import math
import os
import random
import shlex
import statistics
import subprocess
import tempfile

UCI = "imputation/uci/{}.csv"
ODDS = "anomaly/{}.npz:X"
UCR = "timeseries/ucr/{0}/{0}_TRAIN.ts"
NAB = "timeseries/nab/{}.csv"

# Name, source below DATA, what makes it readable.
SETS = {
    "airfoil": (UCI.format("airfoil"), ""),
    "blood": (UCI.format("blood"), ""),
    "breast-cancer": (UCI.format("sklearn_breast_cancer"), "--label target"),
    "climate": (UCI.format("climate"), ""),
    "concrete": (UCI.format("compression"), ""),
    "credit": (UCI.format("credit"), ""),
    "libras": (UCI.format("libras"), ""),
    "parkinsons": (UCI.format("parkinsons"), ""),
    "raisin": (UCI.format("raisin"), ""),
    "red-wine": (UCI.format("wine"), ""),
    "wine-178": (UCI.format("sklearn_wine"), "--label target"),
    "yacht": (UCI.format("yacht"), ""),
    "yeast": (UCI.format("yeast"), ""),
    "annthyroid": (ODDS.format("2_annthyroid"), ""),
    "breastw": (ODDS.format("4_breastw"), ""),
    "cardio": (ODDS.format("6_cardio"), ""),
    "ionosphere": (ODDS.format("18_Ionosphere"), ""),
    "magic": (ODDS.format("22_magic.gamma"), ""),
    "mammography": (ODDS.format("23_mammography"), ""),
    "optdigits": (ODDS.format("26_optdigits"), ""),
    "pendigits": (ODDS.format("28_pendigits"), ""),
    "pima": (ODDS.format("29_Pima"), ""),
    "stamps": (ODDS.format("37_Stamps"), ""),
    "thyroid": (ODDS.format("38_thyroid"), ""),
    "wdbc": (ODDS.format("43_WDBC"), ""),
    "wilt": (ODDS.format("44_Wilt"), ""),
    "arrowhead": (UCR.format("ArrowHead"), ""),
    "gunpoint": (UCR.format("GunPoint"), ""),
    "power-demand": (UCR.format("ItalyPowerDemand"), ""),
    "motions": (UCR.format("BasicMotions"), ""),
    "ecg5000": ("timeseries/ecg5000/ECG5000_TRAIN.txt", ""),
    "nab-noise": (NAB.format("artificialNoAnomaly/art_daily_small_noise"), "--window 48"),
    "nab-cpu": (NAB.format("realAWSCloudwatch/ec2_cpu_utilization_24ae8d"), "--window 48"),
    "nab-rds": (NAB.format("realAWSCloudwatch/rds_cpu_utilization_cc0c53"), "--window 48"),
    "temperature": ("timeseries/melbourne_temperature/daily-min-temperatures.csv", "--window 32"),
}


def train(program, data, name, options, seed):
    """The last line of one training."""
    source, own = SETS[name]
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "train", os.path.join(data, source), "-o", os.path.join(folder, "m.safetensors")]
        command += shlex.split(own) + shlex.split(options)
        command += ["--seed", str(seed), "--threads", "1", "--json"]
        run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        return {"fault": run.stderr.strip()[-300:]}
    done = json.loads(run.stdout.strip().splitlines()[-1])
    return {key: done[key] for key in ("epochs", "loss", "validation_loss", "pca_loss", "seconds", "samples")}


def apart(data, name, seed, folder):
    """Sources to train on and to judge by."""
    source = os.path.join(data, SETS[name][0])
    if source.endswith("_TRAIN.ts"):
        return source, source.replace("_TRAIN.ts", "_TEST.ts")
    if ":" in source:
        import numpy

        values = numpy.load(source.split(":")[0])[source.split(":")[1]].astype(numpy.float32)
        order, count = numpy.random.default_rng(seed).permutation(len(values)), len(values) // 5
        paths = [os.path.join(folder, part + ".npy") for part in ("train", "judge")]
        numpy.save(paths[0], values[order[count:]])
        numpy.save(paths[1], values[order[:count]])
        return paths
    with open(source) as file:
        lines = [line for line in file if line.strip()]
    is_head = lines[0].startswith(",") or any(c.isalpha() and c not in "eE" for c in lines[0])
    head = lines[:1] if is_head else []
    lines = lines[len(head) :]
    random.Random(seed).shuffle(lines)
    count, ending = len(lines) // 5, os.path.splitext(source)[1]
    paths = [os.path.join(folder, part + ending) for part in ("train", "judge")]
    for path, rows in zip(paths, (lines[count:], lines[:count])):
        with open(path, "w") as file:
            file.writelines(head + [row.rstrip("\n") + "\n" for row in rows])
    return paths


def train_apart(program, data, name, options, seed):
    """Epochs and seconds of one training, and errors on what was kept apart from it."""
    own = shlex.split(SETS[name][1])
    with tempfile.TemporaryDirectory() as folder:
        training, judge = apart(data, name, seed, folder)
        model = os.path.join(folder, "m.safetensors")
        common = ["--threads", "1", "--json"]
        words = [program, "train", training, "-o", model, *own, *shlex.split(options), "--seed", str(seed), *common]
        run = subprocess.run(words, capture_output=True, text=True)
        if run.returncode:
            return {"fault": run.stderr.strip()[-300:]}
        done = json.loads(run.stdout.strip().splitlines()[-1])
        run = subprocess.run([program, "evaluate", model, judge, *own, *common], capture_output=True, text=True)
        if run.returncode:
            return {"fault": run.stderr.strip()[-300:]}
        found = json.loads(run.stdout.strip().splitlines()[-1])
    return {"validation_loss": found["mse"], "pca_loss": found["pca_mse"]} | {
        key: done[key] for key in ("epochs", "seconds", "samples")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("data")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--setting", action="append", default=[])
    parser.add_argument("--keep")
    parser.add_argument("--apart", action="store_true")
    arguments = parser.parse_args()
    settings = dict(text.split("=", 1) for text in arguments.setting or ["default="])
    kept = {}
    if arguments.keep and os.path.exists(arguments.keep):
        for line in open(arguments.keep):
            run = json.loads(line)
            kept[run["set"], run["setting"], run["seed"]] = run
    sets = arguments.sets.split(",")
    if arguments.apart:
        sets = [name for name in sets if "--window" not in SETS[name][1]]
    work = train_apart if arguments.apart else train
    for seed in range(1, arguments.seeds + 1):
        for name in sets:
            for setting, options in settings.items():
                key = (name, setting, seed)
                if key in kept:
                    continue
                run = {"set": name, "setting": setting, "seed": seed}
                run |= work(arguments.program, arguments.data, name, options, seed)
                kept[key] = run
                if arguments.keep:
                    print(json.dumps(run), file=open(arguments.keep, "a"))
    report(kept, sets, list(settings), arguments.seeds)


def report(kept, sets, settings, seeds):
    def values(name, setting, what):
        runs = [kept[name, setting, seed] for seed in range(1, seeds + 1)]
        return [what(run) for run in runs if run.get("pca_loss")]

    def ratio(run):
        return run["validation_loss"] / run["pca_loss"]

    print("| set | " + " | ".join(settings) + " |")
    print("|---" * (len(settings) + 1) + "|")
    table = {setting: {} for setting in settings}
    for name in sets:
        for setting in settings:
            found = values(name, setting, ratio)
            table[setting][name] = statistics.median(found) if found else math.nan
        best = min(table[setting][name] for setting in settings)
        cells = [table[setting][name] for setting in settings]
        print(f"| {name} | " + " | ".join(f"**{c:.3f}**" if c == best else f"{c:.3f}" for c in cells) + " |")
    known = [name for name in sets if all(table[s][name] > 0 for s in settings)]
    rows = {
        "geometric mean": lambda s: f"{math.exp(statistics.fmean(math.log(table[s][n]) for n in known)):.3f}",
        "best on": lambda s: sum(table[s][n] == min(table[o][n] for o in settings) for n in known),
        "below PCA": lambda s: f"{sum(table[s][n] < 1 for n in known)} of {len(known)}",
        "seconds, median": lambda s: f"{statistics.median(v for n in known for v in values(n, s, lambda r: r['seconds'])):.2f}",
    }
    for title, cell in rows.items():
        print(f"| {title} | " + " | ".join(str(cell(s)) for s in settings) + " |")


if __name__ == "__main__":
    main()
