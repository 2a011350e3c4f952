"""PyTorch training `deep` on images in as little memory as is easily had: bytes stay bytes until a batch.

    python torch_memory.py IMAGES-idx3-ubyte[.gz] MODEL.pt
"""

import gzip
import sys

import numpy
import torch
from torch import nn

source, target = sys.argv[1:3]
with gzip.open(source) if source.endswith(".gz") else open(source, "rb") as file:
    header = numpy.frombuffer(file.read(16), ">i4")
    pixels = bytearray(int(header[1]) * 784)
    file.readinto(pixels)
rows = torch.frombuffer(pixels, dtype=torch.uint8).reshape(-1, 784)
training, held = rows[: -len(rows) // 10], rows[-len(rows) // 10 :]

model = nn.Sequential(
    nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 128), nn.ReLU(),
    nn.Linear(128, 784), nn.Sigmoid())
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
for _ in range(2):
    for indices in torch.randperm(len(training)).split(256):
        batch = training[indices].float() / 255
        optimizer.zero_grad(set_to_none=True)
        nn.functional.mse_loss(model(batch), batch).backward()
        optimizer.step()
    with torch.inference_mode():
        for part in held.split(256):
            batch = part.float() / 255
            nn.functional.mse_loss(model(batch), batch)
torch.save(model.state_dict(), target)
