"""Times training step, epoch and predict of every peer and of our program in turns.

A turn is one training step's time (mean over about `--seconds`), one epoch over `--epoch-images` images, and predict on
1 and 1,000 images. Every peer takes its turn before the next round begins, so that a change of the machine's clock meets
all of them; the figure is the median over the rounds. Rounds are added to those that the file holds already, so that a
measurement can be made in pieces, of some peers each.
"""

import argparse
import csv
import json
import time

from machine import FULL, OURS, ROOT, add, all_threads, description, median, run, say, version
from peers import PEERS, Peer, open_peers

ROWS = {"step": "training step", "epoch": "epoch", "predict 1": "predict, 1 image", "predict 1000": "predict, 1,000"}


class TimedPeer(Peer):
    def __init__(self, name, preset, threads, batch, seconds):
        super().__init__(name, preset, threads, batch)
        self.seconds = seconds
        self.counts = {}

    def each(self, key, unit=1, **request):
        """Seconds of one call, from as many units as fill the time; the first round finds out how many that are."""
        if key not in self.counts:
            self.ask(count=unit, **request)
            self.counts[key] = unit * max(1, round(self.seconds / self.ask(count=unit, **request)["seconds"]))
        return self.ask(count=self.counts[key], **request)["seconds"] / self.counts[key]

    def turn(self, epoch_images):
        return {"step": self.each("step", unit=8, do="step"),
                "epoch": self.ask(do="epoch", count=epoch_images)["seconds"],
                "predict 1": self.each("1", do="predict", batch=1),
                "predict 1000": self.each("1000", do="predict", batch=1000)}


class Ours:
    """The program itself: its own benchmark for steps and predict, its own training for the epoch."""

    def __init__(self, preset, threads, batch):
        self.preset, self.threads, self.batch = preset, threads, batch
        self.version = version()

    def bench(self, batch):
        report = json.loads(run("bench", "--model", self.preset, "--batch", batch, "--rounds", 1, "--json",
                                threads=self.threads))
        return report["results"][0]

    def epoch(self, images):
        out = ROOT / "runs" / "bench-peers" / "run"
        run("train", "--model", self.preset, "--epochs", 1, "--batch", self.batch, "--limit", images, "--out", out,
            "--overwrite", "--quiet", threads=self.threads)
        with open(out / "history.csv") as file:
            return float(next(csv.DictReader(file))["seconds"])

    def turn(self, epoch_images):
        return {"step": self.bench(self.batch)["step_ms"] / 1e3, "epoch": self.epoch(epoch_images),
                "predict 1": self.bench(1)["predict_ms"] / 1e3,
                "predict 1000": self.bench(1000)["predict_ms"] / 1e3}

    def close(self):
        pass


def compare(options, preset, threads):
    """Yields one result a round."""
    peers = open_peers(options.peers, preset, threads,
                       lambda *which: TimedPeer(*which, options.batch, options.seconds))
    peers[OURS] = Ours(preset, threads, options.batch)
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
        for name, text in result["versions"].items():
            if same["versions"].setdefault(name, text) != text:
                raise ValueError(f"another version of {name}")
        for name, rows in result["rounds"].items():
            before = same["rounds"].get(name, {row: [] for row in ROWS})
            same["rounds"][name] = {row: before[row] + rows[row] for row in ROWS}
    order = [*PEERS, OURS]
    for result in whole.values():
        result["rounds"] = dict(sorted(result["rounds"].items(), key=lambda item: order.index(item[0])))
        result["median"] = {name: {row: median(v) for row, v in rows.items()}
                            for name, rows in result["rounds"].items()}
    return sorted(whole.values(), key=lambda result: (result["preset"] != "conv-dae-32", result["threads"]))


def main(arguments):
    parser = argparse.ArgumentParser(prog="steps", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", nargs="+", default=["conv-dae-32", "conv-dae-16"])
    parser.add_argument("--threads", nargs="+", type=int, default=all_threads())
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=FULL)
    parser.add_argument("--seconds", type=float, default=1, help="how long a timing of steps or calls lasts about")
    parser.add_argument("--epoch-images", type=int, default=12288, help="60000 is an epoch of MNIST")
    options = parser.parse_args(arguments)
    settings = description() | {"batch": options.batch, "seconds": options.seconds,
                                "epoch_images": options.epoch_images}
    for preset in options.presets:
        for threads in options.threads:
            for result in compare(options, preset, threads):
                add("steps", settings, [result], merged)  # A measurement that is cut off keeps its rounds.
