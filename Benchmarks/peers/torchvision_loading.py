"""How fast torchvision makes samples of a folder of pictures: `python torchvision_loading.py FOLDER SIZE [WORKERS]`.

Each way reads, decodes, brings to SIZE x SIZE (0: leaves as they are) with antialiasing, and hands over batches of 128 as
bytes [n, 3 or 1, height, width]. Prints a line of JSON with files a second for each; the time of starting the workers
is not counted.

- `pil`: what ImageFolder does by itself: Pillow, Resize, PILToTensor
- `tensor`: decode_image of torchvision.io, then Resize of the tensor
"""

import json
import pathlib
import sys
import time

import torch
import torchvision
from torch.utils.data import DataLoader, Dataset
from torchvision.io import decode_image, read_file
from torchvision.transforms import v2

from PIL import Image


class Folder(Dataset):
    def __init__(self, folder, size, way):
        self.paths = sorted(str(path) for path in pathlib.Path(folder).iterdir())
        self.way = way
        self.resize = v2.Resize((size, size), antialias=True) if size else v2.Identity()
        self.convert = v2.PILToTensor()

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, place):
        if self.way == "tensor":
            return self.resize(decode_image(read_file(self.paths[place])))
        with Image.open(self.paths[place]) as image:
            image = image if image.mode in ("L", "RGB") else image.convert("RGB")
            return self.convert(self.resize(image))


def main():
    folder, size, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 2
    torch.set_num_threads(workers)
    found = {"peer": f"torchvision {torchvision.__version__}", "torch": torch.__version__, "row": "load"}
    for way in ("pil", "tensor"):
        files = Folder(folder, size, way)
        loader = DataLoader(files, batch_size=128, num_workers=workers, persistent_workers=True)
        best = None
        for _ in range(3):
            # With persistent workers they are there from the second pass on.
            start = time.perf_counter()
            count = sum(len(batch) for batch in loader)
            taken = time.perf_counter() - start
            best = taken if best is None else min(best, taken)
        found[way] = count / best
    print(json.dumps(found))


if __name__ == "__main__":
    main()
