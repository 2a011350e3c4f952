"""Runs one command and prints its seconds and its peak memory: `python once.py COMMAND…`.

A process of its own, because Linux counts what the parent held at the start of a child as the child's peak.
"""

import json
import os
import subprocess
import sys
import time

start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
elapsed = time.perf_counter() - start
child.returncode = os.waitstatus_to_exitcode(status)
scale = 1024 * 1024 if sys.platform == "darwin" else 1024
print(json.dumps({"seconds": elapsed, "megabytes": usage.ru_maxrss / scale}))
sys.exit(child.returncode)
