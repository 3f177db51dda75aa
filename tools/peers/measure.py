"""Times every peer and our program in turns and writes the figures as JSON; tools/bench-peers calls it.

A turn is one training step's time (mean over about `--seconds`), one epoch over `--epoch-images` images, and predict on
1 and 1,000 images. Every peer takes its turn before the next round begins, so that a change of the machine's clock meets
all of them; the figure is the median over the rounds. Rounds are added to those that the file holds already, so that a
measurement can be made in pieces, of some peers each.
"""

import argparse
import csv
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "dae-cuda"
PEERS = {"pytorch:eager": "PyTorch, eager", "pytorch:compile": "PyTorch, torch.compile", "keras:plain": "Keras",
         "keras:jit": "Keras, jit_compile", "jax:": "JAX, jit"}
OURS = "dae-cuda"
FULL = 7  # rounds that a median needs to be given without remark
ROWS = {"step": "training step", "epoch": "epoch", "predict 1": "predict, 1 image", "predict 1000": "predict, 1,000"}


class Peer:
    """A worker process that stays up for all rounds."""

    def __init__(self, name, preset, threads, batch, seconds):
        self.seconds = seconds
        command = [sys.executable, pathlib.Path(__file__).with_name("worker.py"), name, preset, str(threads), str(batch)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, bufsize=1)
        self.counts = {}
        self.version = self.read()["versions"]

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the worker ended")
        return json.loads(line)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        return self.read()["seconds"]

    def each(self, key, unit=1, **request):
        """Seconds of one call, from as many units as fill the time; the first round finds out how many that are."""
        if key not in self.counts:
            self.ask(count=unit, **request)
            self.counts[key] = unit * max(1, round(self.seconds / self.ask(count=unit, **request)))
        return self.ask(count=self.counts[key], **request) / self.counts[key]

    def turn(self, epoch_images):
        return {"step": self.each("step", unit=8, do="step"), "epoch": self.ask(do="epoch", count=epoch_images),
                "predict 1": self.each("1", do="predict", batch=1),
                "predict 1000": self.each("1000", do="predict", batch=1000)}

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Ours:
    """The program itself: its own benchmark for steps and predict, its own training for the epoch."""

    def __init__(self, preset, threads, batch):
        self.preset, self.threads, self.batch = preset, threads, batch
        self.cores = sorted(os.sched_getaffinity(0))[:threads]
        self.version = subprocess.run([PROGRAM, "version"], capture_output=True, text=True, check=True).stdout.strip()

    def run(self, *arguments):
        return subprocess.run([PROGRAM, *map(str, arguments), "--threads", str(self.threads)], capture_output=True,
                              text=True, check=True, cwd=ROOT,
                              preexec_fn=lambda: os.sched_setaffinity(0, self.cores)).stdout

    def bench(self, batch):
        report = json.loads(self.run("bench", "--model", self.preset, "--batch", batch, "--rounds", 1, "--json"))
        return report["results"][0]

    def epoch(self, images):
        out = ROOT / "runs" / "bench-peers"
        self.run("train", "--model", self.preset, "--epochs", 1, "--batch", self.batch, "--limit", images, "--out", out,
                 "--overwrite", "--quiet")
        with open(out / "history.csv") as file:
            return float(next(csv.DictReader(file))["seconds"])

    def turn(self, epoch_images):
        return {"step": self.bench(self.batch)["step_ms"] / 1e3, "epoch": self.epoch(epoch_images),
                "predict 1": self.bench(1)["predict_ms"] / 1e3,
                "predict 1000": self.bench(1000)["predict_ms"] / 1e3}

    def close(self):
        pass


def say(text):
    print(text, file=sys.stderr, flush=True)


def open_peers(options, preset, threads):
    peers = {}
    for name in options.peers:
        try:
            say(f"{preset}, {threads} thread(s): starting {PEERS[name]}")
            peers[name] = Peer(name, preset, threads, options.batch, options.seconds)
        except (RuntimeError, OSError) as error:
            say(f"  left out: {error}")
    peers[OURS] = Ours(preset, threads, options.batch)
    return peers


def compare(options, preset, threads):
    """Yields one result a round."""
    peers = open_peers(options, preset, threads)
    versions = {name: peer.version for name, peer in peers.items()}
    for number in range(1, options.rounds + 1):
        seconds = {}
        for name, peer in peers.items():
            time.sleep(0.5)  # Lets the last one's threads stop spinning.
            seconds[name] = {row: [value] for row, value in peer.turn(options.epoch_images).items()}
        say(f"round {number} of {options.rounds}: " + ", ".join(
            f"{name} {1e3 * rows['step'][0]:.1f} ms" for name, rows in seconds.items()))
        yield {"preset": preset, "threads": threads, "versions": versions, "rounds": seconds}
    for peer in peers.values():
        peer.close()


def merged(results):
    """One result a preset and number of threads, with the rounds of all pieces and their medians."""
    whole = {}
    for result in results:
        same = whole.setdefault((result["preset"], result["threads"]), {**result, "versions": {}, "rounds": {}})
        for name, version in result["versions"].items():
            if same["versions"].setdefault(name, version) != version:
                raise ValueError(f"another version of {name}")
        for name, rows in result["rounds"].items():
            before = same["rounds"].get(name, {row: [] for row in ROWS})
            same["rounds"][name] = {row: before[row] + rows[row] for row in ROWS}
    order = [*PEERS, OURS]
    for result in whole.values():
        result["rounds"] = dict(sorted(result["rounds"].items(), key=lambda item: order.index(item[0])))
        result["median"] = {name: {row: statistics.median(v) for row, v in rows.items()}
                            for name, rows in result["rounds"].items()}
    return list(whole.values())


def add_to(path, figures):
    """Figures of another machine, of other settings or of another version are no rounds of the same measurement."""
    before = json.loads(path.read_text()) if path.exists() else figures | {"results": []}
    for name in figures.keys() - {"results"}:
        if before.get(name) != figures[name]:
            sys.exit(f"{path}: holds figures with another {name} ({before.get(name)}, now {figures[name]}); remove it")
    try:
        results = merged(before["results"] + figures["results"])
    except ValueError as error:
        sys.exit(f"{path}: holds figures of {error}; remove it")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures | {"results": results}, indent=1) + "\n")


def cpu_name():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", nargs="+", default=["conv-dae-32", "conv-dae-16"])
    parser.add_argument("--threads", nargs="+", type=int, default=sorted({1, len(os.sched_getaffinity(0))}))
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=FULL)
    parser.add_argument("--seconds", type=float, default=1, help="how long a timing of steps or calls lasts about")
    parser.add_argument("--epoch-images", type=int, default=12288, help="60000 is an epoch of MNIST")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "runs" / "bench-peers.json")
    options = parser.parse_args()
    settings = {"cpu": cpu_name(), "cores": len(os.sched_getaffinity(0)), "system": platform.platform(),
                "python": platform.python_version(), "batch": options.batch, "seconds": options.seconds,
                "epoch_images": options.epoch_images}
    for preset in options.presets:
        for threads in options.threads:
            for result in compare(options, preset, threads):
                add_to(options.out, settings | {"results": [result]})  # A measurement that is cut off keeps its rounds.
    say(f"wrote {options.out}")


if __name__ == "__main__":
    main()
