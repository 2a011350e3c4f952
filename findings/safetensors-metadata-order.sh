#!/usr/bin/env bash
# safetensors 0.8.0 (Python wheel): the same tensors with the same metadata give other bytes in each process.
#
# The keys of __metadata__ are written in the order of a Rust hash map, which is seeded anew in every process.
# The tensors are the same, their order is fixed (larger elements first, then by name), but a checksum of the
# file says nothing about whether two models are the same: compare the tensors, or write one key of metadata at
# most.
#
# Seen: eight processes, eight keys, more than one checksum; with one key, one checksum.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install safetensors==0.8.0 numpy==2.3.5
cat > "$folder/save.py" <<'PY'
import hashlib, sys
import numpy, safetensors.numpy
keys = int(sys.argv[1])
tensors = {"b": numpy.zeros(3, "f4"), "a": numpy.arange(2.0), "c": numpy.zeros(2, "i1")}
bytes_ = safetensors.numpy.save(tensors, metadata={f"key{i}": str(i) for i in range(keys)})
print(hashlib.sha256(bytes_).hexdigest())
PY
count() { for _ in 1 2 3 4 5 6 7 8; do "$folder/venv/bin/python" "$folder/save.py" "$1"; done | sort -u | wc -l; }
many=$(count 8)
one=$(count 1)
echo "checksums of eight processes: $many with eight keys of metadata, $one with one key"
[ "$many" -gt 1 ] && [ "$one" -eq 1 ] || { echo "this is another behaviour than was seen"; exit 1; }
