#!/usr/bin/env python3
"""Makes the files beside it: images as other programs write them, with the pixels that must come out.

NAME.png or NAME.jpg goes with NAME.npy, [height, width, channels] of bytes, and those of 16 bits with
NAME-levels.npy of all their levels. PNG files are put together here by
the specification; JPEG files and what is in them come from Pillow. resized.npz holds images before and after
Pillow's resizing of floating-point images by the triangle filter.

    python3 -m venv venv && venv/bin/pip install numpy pillow && venv/bin/python make.py
"""

import io
import struct
import zlib
from pathlib import Path

import numpy
import PIL
from PIL import Image

here = Path(__file__).parent
random = numpy.random.default_rng(7)


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def packed(rows, depth):
    """Rows of samples [height, width · channels], each behind a filter of 0."""
    lines = []
    for row in rows:
        if depth == 16:
            content = row.astype(">u2").tobytes()
        elif depth == 8:
            content = row.astype("u1").tobytes()
        else:
            bits = ((row[:, None] >> numpy.arange(depth - 1, -1, -1)) & 1).astype("u1").reshape(-1)
            content = numpy.packbits(bits).tobytes()
        lines.append(b"\0" + content)
    return b"".join(lines)


def png(name, samples, depth, kind, expected, before=b"", interlaced=False):
    height, width, channels = samples.shape
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    if interlaced:
        data = b""
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
        for x, y, dx, dy in passes:
            part = samples[y::dy, x::dx]
            if part.size:
                data += packed(part.reshape(part.shape[0], -1), depth)
    else:
        data = packed(samples.reshape(height, -1), depth)
    file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + before + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    (here / f"{name}.png").write_bytes(file)
    if expected.ndim == 2:
        expected = expected[:, :, None]
    numpy.save(here / f"{name}.npy", expected.astype("u1"))
    assert expected.shape[:2] == (height, width)
    with Image.open(io.BytesIO(file)) as image:
        image.load()
        assert image.size == (width, height)


size = (9, 13)
for depth in [1, 2, 4, 8]:
    values = random.integers(0, 2**depth, size + (1,))
    png(f"grey-{depth}", values, depth, 0, values * 255 // (2**depth - 1))
deep = random.integers(0, 65536, size + (1,))
deep[0, :4, 0] = [0, 128, 129, 65535]
png("grey-16", deep, 16, 0, (deep + 128) // 257)
numpy.save(here / "grey-16-levels.npy", deep.astype("u2"))
colours = random.integers(0, 65536, size + (3,))
png("rgb-16", colours, 16, 2, (colours + 128) // 257)
numpy.save(here / "rgb-16-levels.npy", colours.astype("u2"))
colours = random.integers(0, 256, size + (3,))
png("rgb-8", colours, 8, 2, colours)
png("rgb-interlaced", colours, 8, 2, colours, interlaced=True)
both = random.integers(0, 256, size + (4,))
png("rgba-8", both, 8, 6, both)
png("grey-opacity", both[:, :, :2], 8, 4, both[:, :, :2])
palette = random.integers(0, 256, (5, 3))
indices = random.integers(0, 5, size + (1,))
table = chunk(b"PLTE", palette.astype("u1").tobytes())
png("palette", indices, 4, 3, palette[indices[:, :, 0]], table)
opacity = numpy.array([0, 100, 255, 255, 255])
png("palette-opacity", indices, 8, 3, numpy.concatenate([palette, opacity[:, None]], 1)[indices[:, :, 0]],
    table + chunk(b"tRNS", bytes([0, 100])))
grey = random.integers(0, 256, size + (1,))
png("grey-transparent", grey, 8, 0, numpy.concatenate([grey, numpy.where(grey == grey[2, 3], 0, 255)], 2),
    chunk(b"tRNS", struct.pack(">H", int(grey[2, 3, 0]))))

y, x = numpy.mgrid[0:24, 0:40]
smooth = numpy.stack([4 * x + 2 * y, 255 - 3 * y - 2 * x, 100 + 60 * numpy.sin(x / 7) + y], 2).clip(0, 255).astype("u1")


def jpeg(name, image, **options):
    image.save(here / f"{name}.jpg", quality=92, **options)
    with Image.open(here / f"{name}.jpg") as again:
        again = again.convert("RGB") if again.mode == "CMYK" else again
        pixels = numpy.asarray(PIL.ImageOps.exif_transpose(again))
    numpy.save(here / f"{name}.npy", pixels.reshape(pixels.shape[:2] + (-1,)))


import PIL.ImageOps  # noqa: E402

jpeg("rgb", Image.fromarray(smooth), subsampling=0)
jpeg("rgb-progressive", Image.fromarray(smooth), subsampling=0, progressive=True)
jpeg("grey", Image.fromarray(smooth[:, :, 0]))
jpeg("cmyk", Image.fromarray(smooth).convert("CMYK"))
for number in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = number
    jpeg(f"turned-{number}", Image.fromarray(smooth[:16, :, 0]), exif=exif.tobytes())

arrays = {}
for index, (height, width, new_height, new_width) in enumerate(
        [(9, 13, 4, 5), (9, 13, 17, 20), (48, 64, 5, 7), (30, 20, 10, 10), (7, 7, 7, 3), (5, 4, 1, 1)]):
    before = random.integers(0, 256, (height, width)).astype("u1")
    after = Image.fromarray(before.astype("f4")).resize((new_width, new_height), Image.Resampling.BILINEAR)
    arrays[f"before{index}"] = before
    arrays[f"after{index}"] = numpy.asarray(after)
numpy.savez(here / "resized.npz", **arrays)
(here / "versions.txt").write_text(f"numpy {numpy.__version__}\npillow {PIL.__version__}\n")


def filtered(rows, channels):
    """Rows of bytes [height, width · channels], each by the next of the five filters."""
    lines = []
    before = numpy.zeros(rows.shape[1], int)
    for number, row in enumerate(rows.astype(int)):
        left = numpy.concatenate([numpy.zeros(channels, int), row[:-channels]])
        corner = numpy.concatenate([numpy.zeros(channels, int), before[:-channels]])
        guess = left + before - corner
        far = [abs(guess - left), abs(guess - before), abs(guess - corner)]
        paeth = numpy.where(
            (far[0] <= far[1]) & (far[0] <= far[2]), left, numpy.where(far[1] <= far[2], before, corner))
        taken = [0 * row, left, before, (left + before) // 2, paeth][(number + 3) % 5]
        lines.append(bytes([(number + 3) % 5]) + ((row - taken) % 256).astype("u1").tobytes())
        before = row
    return b"".join(lines)


# Every filter behind every other, of every number of channels; the pixels in three chunks, with another between
# head and pixels.
random = numpy.random.default_rng(8)
for channels, kind in [(1, 0), (2, 4), (3, 2), (4, 6)]:
    height, width = 27, 11
    # Some rows nearly alike, so that each of the three is nearest somewhere.
    pixels = random.integers(0, 256, (height, width, channels))
    pixels[5:15] = (pixels[4] + random.integers(-2, 3, (10, width, channels))) % 256
    data = zlib.compress(filtered(pixels.reshape(height, -1), channels))
    parts = [data[:50], data[50:51], data[51:]]
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"tEXt", b"Title\0filters")
    file += b"".join(chunk(b"IDAT", part) for part in parts) + chunk(b"IEND", b"")
    (here / f"filters-{channels}.png").write_bytes(file)
    numpy.save(here / f"filters-{channels}.npy", pixels.astype("u1"))
    with Image.open(io.BytesIO(file)) as image:
        assert (numpy.asarray(image).reshape(pixels.shape) == pixels).all()
