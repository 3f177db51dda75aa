"""Times how long training takes to MNIST's val_loss of 0.1103, where the notebook ended after two epochs.

Peers train by the default recipe (batch 128, Adam at 1e-3, noise drawn once) and validate after every epoch; their clock
starts when everything is imported, read and compiled. Ours is the whole process, from its start to its end, with
`--recipe fast` and with the default recipe.
"""

import argparse
import csv
import time

from machine import OURS, ROOT, add, all_threads, description, median, run, say, version
from peers import PEERS, open_peers

TARGET = 0.1103


def ours(recipe, seed, threads):
    out = ROOT / "runs" / "bench-peers" / "run"
    started = time.perf_counter()
    run("train", "--recipe", recipe, "--epochs", 1 if recipe == "fast" else 5, "--stop-at-val-loss", TARGET, "--seed",
        seed, "--out", out, "--overwrite", "--quiet", threads=threads)
    seconds = time.perf_counter() - started
    with open(out / "history.csv") as file:
        rows = list(csv.DictReader(file))
    return {"seconds": seconds, "epochs": len(rows), "val_loss": float(rows[-1]["val_loss"]),
            "training": sum(float(row["seconds"]) for row in rows)}


def merged(results):
    whole = {}
    for result in results:
        same = whole.setdefault((result["threads"], result["name"]), {**result, "runs": []})
        if same["version"] != result["version"]:
            raise ValueError(f"another version of {result['name']}")
        same["runs"] += result["runs"]
        same["seconds"] = median([r["seconds"] for r in same["runs"]])
        same["val_loss"] = median([r["val_loss"] for r in same["runs"]])
    order = [*PEERS, f"{OURS}, default", f"{OURS}, fast"]
    return sorted(whole.values(), key=lambda result: (result["threads"], order.index(result["name"])))


def main(arguments):
    parser = argparse.ArgumentParser(prog="loss", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", nargs="+", type=int, default=all_threads())
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3, 4, 5])
    parser.add_argument("--only-peers", action="store_true")
    options = parser.parse_args(arguments)
    settings = description() | {"target": TARGET}

    def book(name, text, threads, result):
        say(f"{threads} thread(s), {name}: {result['seconds']:.2f} s, val_loss {result['val_loss']:.4f}")
        add("loss", settings, [{"name": name, "version": text, "threads": threads, "runs": [result]}], merged)

    for threads in options.threads:
        for seed in options.seeds if not options.only_peers else []:
            for recipe in ("default", "fast"):
                book(f"{OURS}, {recipe}", version(), threads, ours(recipe, seed, threads))
        for name, peer in open_peers(options.peers, "conv-dae-32", threads).items():
            for seed in options.seeds:
                book(name, peer.version, threads, peer.ask(do="reach", loss=TARGET, seed=seed))
            peer.close()
