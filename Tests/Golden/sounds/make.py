#!/usr/bin/env python3
"""Makes the files beside it: sounds as other programs write them, with the samples that must come out, and the
log-mel spectrogram of one of them worked out with numpy in float64.

NAME.wav or NAME.flac goes with NAME.npy, [frames, channels] of float32.

    python3 -m venv venv && venv/bin/pip install numpy scipy soundfile && venv/bin/python make.py
"""

from pathlib import Path

import numpy
import scipy
import scipy.signal
import soundfile

here = Path(__file__).parent
time = numpy.arange(700) / 8000
left = 0.5 * numpy.sin(2 * numpy.pi * 440 * time) + 0.2 * numpy.sin(2 * numpy.pi * (900 + 9000 * time) * time)
right = 0.3 * numpy.cos(2 * numpy.pi * 1250 * time)
stereo = numpy.stack([left, right], 1)

for name, sound, kind in [
        ("mono-16", left, "PCM_16"), ("stereo-16", stereo, "PCM_16"), ("stereo-24", stereo, "PCM_24"), ("mono-32", left, "PCM_32"),
        ("mono-8", left, "PCM_U8"), ("stereo-float", stereo, "FLOAT"), ("mono-double", left, "DOUBLE"), ("mono-ulaw", left, "ULAW")]:
    soundfile.write(here / f"{name}.wav", sound, 8000, subtype=kind)
for name, sound in [("mono", left), ("stereo", stereo)]:
    soundfile.write(here / f"{name}.flac", sound, 8000, subtype="PCM_16")
soundfile.write(here / "refused-adpcm.wav", left, 8000, subtype="MS_ADPCM")
for path in sorted([*here.glob("*.wav"), *here.glob("*.flac")]):
    if not path.stem.startswith("refused"):
        numpy.save(here / f"{path.name}.npy", soundfile.read(path, dtype="float32", always_2d=True)[0])

rate, size, hop, bands = 8000, 256, 64, 24
values = soundfile.read(here / "mono-16.wav", dtype="float64")[0]
window = scipy.signal.get_window("hann", size)
padded = numpy.concatenate([numpy.zeros(size // 2), values, numpy.zeros(size // 2)])
count = 1 + len(values) // hop
frames = numpy.stack([padded[hop * k:hop * k + size] * window for k in range(count)])
spectrum = numpy.abs(numpy.fft.rfft(frames)).T
edges = 700 * (10 ** (numpy.linspace(0, 2595 * numpy.log10(1 + rate / 2 / 700), bands + 2) / 2595) - 1)
frequencies = numpy.arange(size // 2 + 1) * rate / size
filters = numpy.stack([
    numpy.interp(frequencies, edges[b:b + 3], [0, 1, 0], left=0, right=0) for b in range(bands)])
assert (filters.sum(1) > 0).all()
numpy.savez(here / "mel.npz", filters=filters, logmel=numpy.log(numpy.maximum(filters @ spectrum, 1e-5)))
(here / "versions.txt").write_text(
    f"numpy {numpy.__version__}\nscipy {scipy.__version__}\nsoundfile {soundfile.__version__} ({soundfile.__libsndfile_version__})\n")
