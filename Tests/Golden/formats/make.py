#!/usr/bin/env python3
"""Makes the files beside it, which the tests of the Formats room read: what other programs write.

Run it in an environment that has the versions named in versions.txt:

    python3 -m venv venv && venv/bin/pip install numpy safetensors && venv/bin/python make.py
"""

import ctypes
import gzip
import platform
import random
import struct
import zipfile
from pathlib import Path

import numpy
import safetensors
from safetensors import TensorSpec, serialize

here = Path(__file__).parent
ramp = numpy.arange(24).reshape(2, 3, 4)

# NPY: every element type, both byte orders, both axis orders, three versions.
for name in ["u1", "i1", "u2", "i2", "i4", "i8", "f4", "f8", "u4", "u8", "f2"]:
    numpy.save(here / f"little-{name}.npy", ramp.astype("<" + name))
    numpy.save(here / f"big-{name}.npy", ramp.astype(">" + name))
numpy.save(here / "bool.npy", ramp % 3 == 0)
numpy.save(here / "fortran.npy", numpy.asfortranarray(ramp.astype("<f4")))
numpy.save(here / "fortran-big.npy", numpy.asfortranarray(ramp.astype(">i2")))
numpy.save(here / "scalar.npy", numpy.float64(2.5))
numpy.save(here / "vector.npy", numpy.arange(5, dtype="<f4"))
numpy.save(here / "none.npy", numpy.zeros((0, 5), "<f4"))
halves = numpy.array([0, 1, 0x3FF, 0x400, 0x3C00, 0x7BFF, 0x7C00, 0xFC00, 0x8000, 0x8001, 0xC500], "<u2")
numpy.save(here / "halves.npy", halves.view("<f2"))
numpy.save(here / "halves-as-f4.npy", halves.view("<f2").astype("<f4"))
numpy.save(here / "large-u8.npy", numpy.array([1, 2**64 - 1], "<u8"))
for version in [(2, 0), (3, 0)]:
    with open(here / f"version-{version[0]}.npy", "wb") as file:
        numpy.lib.format.write_array(file, ramp.astype("<f4"), version=version)

# NPY: what is refused.
numpy.save(here / "refused-object.npy", numpy.array([{"a": 1}], dtype=object), allow_pickle=True)
numpy.save(here / "refused-record.npy", numpy.zeros(3, [("a", "<f4"), ("b", "<i4")]))
numpy.save(here / "refused-complex.npy", numpy.zeros(3, "<c8"))
numpy.save(here / "refused-text.npy", numpy.array(["ab", "c"]))
numpy.save(here / "refused-date.npy", numpy.array(["2020-01-01"], "datetime64[D]"))

# NPZ: stored, deflated, with 64-bit sizes, with one array.
arrays = {"X": ramp.astype("<f8"), "y": numpy.arange(2, dtype="<i4")}
numpy.savez(here / "stored.npz", **arrays)
numpy.savez_compressed(here / "deflated.npz", **arrays)
numpy.savez(here / "one.npz", only=ramp.astype("<f4"))
limit = zipfile.ZIP64_LIMIT
zipfile.ZIP64_LIMIT = 8
numpy.savez(here / "large.npz", **arrays)
zipfile.ZIP64_LIMIT = limit

# IDX: every element type.
types = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
for name, number in types.items():
    data = struct.pack(">BBBB3I", 0, 0, number, 3, 2, 3, 4) + ramp.astype(">" + name).tobytes()
    (here / f"{name}.idx").write_bytes(data)
(here / "u1.idx.gz").write_bytes(gzip.compress((here / "u1.idx").read_bytes(), mtime=0))

# CSV: decimal numbers and the nearest float to each, by the C library's strtof, which rounds once.
strtof = ctypes.CDLL(None).strtof
strtof.restype = ctypes.c_float
random.seed(7)
texts = ["0", "-0", "+1", "1.", ".5", "5e0", "1E2", "16777217", "16777217.", "16777219", "33554433e0",
         "16777217.0000000000000000000000001", "16777216.9999999999999999999999999", "1e-45", "7e-46", "0.7e-45",
         "1.17549435e-38", "1.1754942e-38", "3.4028235e38", "3.40282351e38", "340282350000000000000000000000000000000",
         "0." + "0" * 60 + "1", "1" + "0" * 30, "00000000000000000000000000000001.5", "123456789012345678901234567890e-20",
         "8388608.5", "8388609.5", "0.1", "0.30000000000000004", "9007199254740993", "1e-400", "1e-99999999999999999999"]
for _ in range(400):
    texts.append(repr(random.uniform(-1, 1)))
    texts.append(repr(random.gauss(0, 1) * 10 ** random.randint(-40, 37)))
    texts.append(f"{random.uniform(-1000, 1000):.{random.randint(0, 9)}f}")
    # The middle between two floats, exact, and a little to each side.
    bits = random.randint(0x00800000, 0x7F000000)
    low = struct.unpack("<f", struct.pack("<I", bits))[0]
    high = struct.unpack("<f", struct.pack("<I", bits + 1))[0]
    middle = (low + high) / 2
    digits = format(middle, ".60e")
    texts.append(digits)
    texts.append(repr(numpy.nextafter(middle, random.choice([0, 1e39])).item()))
# The same below the smallest normal float, where the distance between two floats stays 2^-149.
for _ in range(100):
    middle = (random.randint(0, 2 ** random.randint(1, 23)) + 0.5) * 2.0**-149
    texts.append(format(middle, ".60e"))
    texts.append(repr(numpy.nextafter(middle, random.choice([0, 1])).item()))
while len(texts) % 4:
    texts.append("1")
rows = [",".join(texts[i:i + 4]) for i in range(0, len(texts), 4)]
(here / "decimals.csv").write_text("\n".join(rows) + "\n")
numpy.save(here / "decimals.npy", numpy.array([strtof(t.encode()) for t in texts], "<f4").reshape(-1, 4))

# Safetensors: every type, in an order that leaves some of them off their alignment.
kept = []

def entry(dtype, array):
    array = numpy.ascontiguousarray(array).reshape(array.shape)
    kept.append(array)
    return TensorSpec(dtype=dtype, shape=array.shape, data_ptr=array.ctypes.data, data_len=array.nbytes)

small = numpy.arange(3)
tensors = {"u8": entry("uint8", small.astype("<u1")), "f64": entry("float64", small.astype("<f8")),
           "f32": entry("float32", ramp.astype("<f4")), "i8": entry("int8", small.astype("<i1")),
           "i16": entry("int16", small.astype("<i2")), "u16": entry("uint16", small.astype("<u2")),
           "i32": entry("int32", small.astype("<i4")), "i64": entry("int64", small.astype("<i8")),
           "u32": entry("uint32", small.astype("<u4")), "u64": entry("uint64", small.astype("<u8")),
           "f16": entry("float16", small.astype("<f2")), "bool": entry("bool", small > 1),
           "bf16": entry("bfloat16", (small.astype("<f4").view("<u4") >> 16).astype("<u2")),
           "scalar": entry("float32", numpy.array(2.5, "<f4")), "empty": entry("float32", numpy.zeros((0, 3), "<f4"))}
made = serialize(tensors, {"name": "Grüße \"quoted\"\n", "two": "2"})
(here / "types.safetensors").write_bytes(made)
# The same values with their header packed by hand: nothing aligned.
header = b'{"b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"a":{"dtype":"F32","shape":[3],"data_offsets":[3,15]}}'
body = small.astype("<u1").tobytes() + small.astype("<f4").tobytes()
(here / "unaligned.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + body)

(here / "versions.txt").write_text(
    f"python {platform.python_version()}\nnumpy {numpy.__version__}\nsafetensors {safetensors.__version__}\n")
