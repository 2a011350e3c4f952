#!/usr/bin/env bash
# libsndfile 1.2.2 (soundfile 0.13.1): WAV and AIFF of floating-point samples hold the time of writing.
#
# A file of FLOAT or DOUBLE samples gets a PEAK chunk, and that chunk a time in seconds: the same samples written
# twice, a second apart, differ in bytes. PCM_16 does not, nor do CAF, W64 and FLAC. Ogg Vorbis differs too (the
# serial number of its stream is drawn). From C, sf_command(file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE) before
# the first sample leaves the chunk out; soundfile has no way to say so.
#
# Seen: wav and aiff differ as FLOAT and DOUBLE and are equal as PCM_16; caf, w64, flac are equal; ogg differs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install soundfile==0.13.1 numpy==2.3.5
cat > "$folder/write.py" <<'PY'
import sys, time
import numpy, soundfile
samples = numpy.linspace(-0.5, 0.5, 800)
expected = {
    ("wav", "FLOAT"): False, ("wav", "DOUBLE"): False, ("wav", "PCM_16"): True,
    ("aiff", "FLOAT"): False, ("aiff", "DOUBLE"): False, ("aiff", "PCM_16"): True,
    ("caf", "FLOAT"): True, ("w64", "FLOAT"): True, ("flac", "PCM_16"): True, ("ogg", "VORBIS"): False,
}
def write(number):
    for kind, depth in expected:
        soundfile.write(f"{sys.argv[1]}/{number}{depth}.{kind}", samples, 8000, subtype=depth)
def bytes_of(number, kind, depth):
    with open(f"{sys.argv[1]}/{number}{depth}.{kind}", "rb") as file:
        return file.read()
write(1)
time.sleep(1.1)
write(2)
print("libsndfile", soundfile.__libsndfile_version__)
others = 0
for (kind, depth), same in expected.items():
    found = bytes_of(1, kind, depth) == bytes_of(2, kind, depth)
    print(f"{kind:5}{depth:8}", "the same bytes" if found else "other bytes")
    others += found != same
sys.exit("this is another behaviour than was seen" if others else 0)
PY
"$folder/venv/bin/python" "$folder/write.py" "$folder"
