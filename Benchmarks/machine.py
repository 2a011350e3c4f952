"""The machine a benchmark runs on: what it is, how busy, and which of its processors are used."""

import os
import pathlib
import platform


def hold(count):
    """Holds this process and its children to `count` processors of different cores; returns their numbers."""
    if not hasattr(os, "sched_setaffinity"):
        return []
    chosen, taken = [], set()
    for cpu in sorted(os.sched_getaffinity(0)):
        siblings = pathlib.Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        core = siblings.read_text().strip() if siblings.exists() else str(cpu)
        if core not in taken and len(chosen) < count:
            chosen.append(cpu)
            taken.add(core)
    os.sched_setaffinity(0, chosen)
    return chosen


def environment(threads):
    """What every participant is told of threads by its surroundings."""
    count = str(threads)
    return {**os.environ, "OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count, "MKL_NUM_THREADS": count}


def load():
    return os.getloadavg()[0]


def model():
    """The processor's name."""
    file = pathlib.Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def facts(cores, before):
    return {
        "processor": model(), "processors": os.cpu_count(), "used": cores, "system": platform.platform(),
        "load before": round(before, 2)}


def describe(cores, before):
    """One line on the machine, with a warning where it was not quiet."""
    used = f"{len(cores)} of {os.cpu_count()} cores" if cores else f"{os.cpu_count()} cores, not held"
    line = f"Machine: {model()}, {used}, {platform.platform()}, load {before:.2f} before the start."
    if before > 0.3:
        line += " **It was not quiet: take the figures as a hint.**"
    return line
