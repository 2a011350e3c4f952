"""Pictures restored: a network trained on some photographs, measured on others beside classical filters.

Usage: restore.py HOURGLASS PHOTOS [--steps 3000] [--tasks noise,downscale,blocks] [--work FOLDER] [--halves 1,2] [--seed 1]

PHOTOS is a folder of pictures. In the order of their names every other one makes a half; a network is trained on
patches of one half and restores the whole pictures of the other, tile by tile, so that every picture is restored
by a network that never saw it. One network a task and half, of one channel: colours are restored each by itself.
The filters are those of `hourglass restore --corruption`, each with the setting that does best on the very
pictures it is measured on. Pictures, degraded ones and models stay in --work. Needs Python alone.
"""

import argparse
import json
import math
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TASKS = {
    "noise": ("gaussian=25/255", None, {"gaussian": {"deviation": 25 / 255}}),
    "downscale": ("downscale=2", None, {"downscale": {"factor": 2}}),
    "blocks": ("blocks=0.1", 8, {"blocks": {"rate": 0.1, "size": 8}}),
}
BATCH = 8
SIDE = 64


def halves(folder, work):
    files = sorted(p for p in Path(folder).iterdir() if p.suffix.lower() in (".png", ".jpg", ".jpeg"))
    parts = []
    for number in (0, 1):
        part = work / f"half{number + 1}"
        part.mkdir(exist_ok=True)
        for file in files[number::2]:
            link = part / file.name
            if not link.exists():
                link.symlink_to(file.resolve())
        parts.append(part)
    return parts


def call(words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True)


def train(program, part, task, model, arguments, work):
    network = json.loads((HERE / "architectures/restore.json").read_text())
    network["corruption"] = [TASKS[task][2]]
    path = work / f"{task}.json"
    path.write_text(json.dumps(network))
    words = [program, "train", part, "--patch", SIDE, "--gray", "--architecture", path, "--validation", 0]
    words += ["--batch", BATCH, "--rate", 0.002, "--schedule", "cosine", "--augment", "flip,flip-vertical"]
    words += ["--seed", arguments.seed, "-o", model]
    # As many epochs as come to the steps: one pass tells how many patches there are.
    probe = call(words + ["--epochs", 1, "--json"])
    patches = json.loads(probe.stdout.splitlines()[-1])["samples"]
    epochs = max(1, round(arguments.steps / math.ceil(patches / BATCH)))
    call(words + ["--epochs", epochs, "--quiet"])
    return patches, epochs


def restore(program, model, part, task, work, arguments):
    kind, block, _ = TASKS[task]
    words = [program, "restore", model, part, "--corruption", kind, "--seed", arguments.seed, "--json"]
    words += ["-o", work / f"{task}-restored", "--degraded", work / f"{task}-degraded"]
    words += ["--block", block] if block else []
    lines = [json.loads(line) for line in call(words).stdout.splitlines()]
    return {line["picture"]: line["measures"] for line in lines if line["picture"] != "mean"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("photos")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--work")
    parser.add_argument("--halves", default="1,2", help="halves to train on")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    work = Path(arguments.work or tempfile.mkdtemp(prefix="restore-"))
    work.mkdir(parents=True, exist_ok=True)
    program = Path(arguments.program).resolve()
    parts = halves(arguments.photos, work)
    for task in arguments.tasks.split(","):
        pictures = {}
        for own in [int(half) - 1 for half in arguments.halves.split(",")]:
            other = 1 - own
            model = work / f"{task}-{own + 1}.safetensors"
            if not model.exists():
                patches, epochs = train(program, parts[own], task, model, arguments, work)
                print(f"{task}: {patches} patches of {parts[own].name}, {epochs} epochs", flush=True)
            pictures |= restore(program, model, parts[other], task, work, arguments)
        # Of each kind of filter the setting that was best for each half; `wiener 5x5` is of the kind wiener.
        kinds = [measure["way"].split(" ")[0] for measure in next(iter(pictures.values()))]
        print(f"\n{task}, PSNR in dB / SSIM\n| picture | " + " | ".join(kinds) + " |\n|---" * 1 + "|---" * len(kinds) + "|")
        rows = {name: [(m["psnr"], m["ssim"]) for m in pictures[name]] for name in sorted(pictures)}
        means = [
            tuple(sum(row[way][place] for row in rows.values()) / len(rows) for place in (0, 1))
            for way in range(len(kinds))
        ]
        for name, row in list(rows.items()) + [("**mean**", means)]:
            print(f"| {name} | " + " | ".join(f"{psnr:.2f} / {ssim:.3f}" for psnr, ssim in row) + " |")
        print(flush=True)


if __name__ == "__main__":
    main()
