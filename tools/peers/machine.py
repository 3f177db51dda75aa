"""What all measurements share: the program, the machine, files of figures, and cores to run on."""

import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "dae-cuda"
FIGURES = ROOT / "runs" / "bench-peers"
OURS = "dae-cuda"
FULL = 7  # rounds that a median needs to be given without remark


def cpu_name():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def description():
    return {"cpu": cpu_name(), "cores": len(os.sched_getaffinity(0)), "system": platform.platform(),
            "python": platform.python_version()}


def all_threads():
    return sorted({1, len(os.sched_getaffinity(0))})


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(*arguments, threads=0):
    """Our program's standard output, on as many cores as threads (0: all)."""
    cores = sorted(os.sched_getaffinity(0))[:threads or None]
    if threads:
        arguments = (*arguments, "--threads", threads)
    return subprocess.run([PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT,
                          preexec_fn=lambda: os.sched_setaffinity(0, cores)).stdout


def version():
    return run("version").strip()


def load(name):
    """The figures of that name, or None."""
    path = FIGURES / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None


def save(name, figures):
    FIGURES.mkdir(parents=True, exist_ok=True)
    (FIGURES / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n")


def add(name, settings, results, merge):
    """Adds results to those that the file holds; merge(list) makes one of those that belong together. Figures of another
    machine, of other settings or of another version are no rounds of the same measurement."""
    before = load(name) or settings | {"results": []}
    for key in settings:
        if before.get(key) != settings[key]:
            sys.exit(f"{FIGURES / name}.json: holds figures with another {key} ({before.get(key)}, now {settings[key]}); "
                     "remove it")
    try:
        save(name, settings | {"results": merge(before["results"] + results)})
    except ValueError as error:
        sys.exit(f"{FIGURES / name}.json: holds figures of {error}; remove it")


def median(values):
    return statistics.median(values)
