"""Measures what only concerns our program: how cost and memory grow with the batch and the number of images, how much two
trainings side by side disturb each other, and where a step's time goes.
"""

import argparse
import csv
import json
import os
import subprocess
import time

from machine import FULL, PROGRAM, ROOT, all_threads, description, load, median, run, save, say, version

BATCHES = [1, 2, 4, 8, 16, 32, 48, 64, 128, 256, 512, 1024, 2048, 4096]
IMAGES = [7500, 15000, 30000, 60000]


def training(images, out):
    return [PROGRAM, "train", "--limit", str(images), "--epochs", "1", "--quiet", "--overwrite", "--out",
            ROOT / "runs" / "bench-peers" / out]


def seconds_of(images, rounds):
    """Of an epoch over so many images, without start and validation, on all cores."""
    out = ROOT / "runs" / "bench-peers" / "run"
    seconds = []
    for _ in range(rounds):
        subprocess.run(training(images, "run"), check=True, cwd=ROOT)
        with open(out / "history.csv") as file:
            seconds.append(float(next(csv.DictReader(file))["seconds"]))
    return median(seconds)


def sharing(images, rounds):
    """Wall-clock seconds of one training on all cores, and of two at once, in turns."""
    def together(count):
        started = time.perf_counter()
        processes = [subprocess.Popen(training(images, f"run-{i}"), cwd=ROOT) for i in range(count)]
        if any(process.wait() for process in processes):
            raise RuntimeError("a training failed")
        return time.perf_counter() - started
    pairs = [(together(1), together(2)) for _ in range(rounds)]
    return {"alone": median([a for a, _ in pairs]), "two": median([b for _, b in pairs]),
            "ratio": median([b / a for a, b in pairs]), "cores": len(os.sched_getaffinity(0))}


def main(arguments):
    parser = argparse.ArgumentParser(prog="own", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=["batches", "images", "sharing"],
                        default=["batches", "images", "sharing"])
    parser.add_argument("--presets", nargs="+", default=["conv-dae-32", "conv-dae-16"])
    parser.add_argument("--threads", nargs="+", type=int, default=all_threads())
    parser.add_argument("--rounds", type=int, default=FULL)
    options = parser.parse_args(arguments)
    figures = load("own") or {}
    figures |= description() | {"version": version(), "rounds": options.rounds}
    if "batches" in options.parts:
        for preset in options.presets:
            for threads in options.threads:
                say(f"{preset}, {threads} thread(s): batches of {BATCHES[0]} to {BATCHES[-1]}")
                report = json.loads(run("bench", "--model", preset, "--batch", ",".join(map(str, BATCHES)), "--rounds",
                                        options.rounds, "--json", threads=threads))
                layers = json.loads(run("bench", "--model", preset, "--rounds", options.rounds, "--json", threads=1))
                figures.setdefault("batches", {})[f"{preset} {threads}"] = report
                figures.setdefault("layers", {})[preset] = layers
                save("own", figures)
    if "images" in options.parts:
        say("epochs of growing numbers of images")
        figures["images"] = {str(n): seconds_of(n, min(3, options.rounds)) for n in IMAGES}
        save("own", figures)
    if "sharing" in options.parts:
        say("two trainings side by side")
        figures["sharing"] = sharing(30000, options.rounds)
        save("own", figures)
