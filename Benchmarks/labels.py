"""Digits told with few labels: five draws of ten labels a class, with augmentation, and all labels without.

Usage: labels.py HOURGLASS MNIST WORK [--seeds 5]

MNIST is the folder of its four files; WORK one for models. Prints the share of the 10 000 test digits that are told wrong. No sample is
held out to choose by.
"""

import argparse
import json
import pathlib
import subprocess

SHARED = ["--target", "class", "--validation", "0", "--code-activation", "relu", "--reconstruction-weight", "0"]
FEW = SHARED + [
    "--keep-labels", "10", "--consistency", "adversarial", "--radius", "0.6", "--layers", "500,300", "--latent", "150",
    "--schedule", "cosine", "--precision", "auto", "--epochs", "40", "--augment", "shift=2,rotate=10",
]
ALL = SHARED + [
    "--layers", "1000,500,250", "--latent", "250", "--normalization", "batch", "--dropout", "0.2",
    "--corruption", "gaussian=0.3", "--epochs", "40", "--average", "0.999",
]


def wrong(program, folder, model, seed, options):
    images = str(folder / "train-images-idx3-ubyte.gz")
    subprocess.run([program, "train", images, "-o", str(model), "-q", "--seed", str(seed)] + options, check=True)
    test = str(folder / "t10k-images-idx3-ubyte.gz")
    told = subprocess.run([program, "evaluate", str(model), test, "--json"], check=True, capture_output=True, text=True)
    return 100 * (1 - json.loads(told.stdout)["targets"][0]["accuracy"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hourglass")
    parser.add_argument("mnist", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    few = []
    for seed in range(1, given.seeds + 1):
        few.append(wrong(given.hourglass, given.mnist, given.work / f"few-{seed}.safetensors", seed, FEW))
        print(f"10 labels a class, seed {seed}: {few[-1]:.2f} % wrong", flush=True)
    print(f"in the mean {sum(few) / len(few):.2f} %, at worst {max(few):.2f} %")
    print(f"all labels: {wrong(given.hourglass, given.mnist, given.work / 'all.safetensors', 1, ALL):.2f} % wrong")


if __name__ == "__main__":
    main()
