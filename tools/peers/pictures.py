"""Times DnCNN (17 convolutions, 64 channels) on one grey picture of 512x512 pixels, beside PyTorch.

A call starts and ends in memory. Ours is cut into overlapping windows as `denoise` does; its arithmetic is counted for the
picture alone, without the overlap.
"""

import argparse
import json
import time

from machine import FULL, OURS, add, all_threads, description, median, run, say, version
from peers import Peer, open_peers

PEERS = {"picture:eager": "PyTorch, eager", "picture:compile": "PyTorch, torch.compile"}
SIDE = 512


def merged(results):
    whole = {}
    for result in results:
        same = whole.setdefault((result["threads"], result["name"]), {**result, "rounds": []})
        if same["version"] != result["version"]:
            raise ValueError(f"another version of {result['name']}")
        same["rounds"] += result["rounds"]
        same["ms"] = median([r["ms"] for r in same["rounds"]])
        if "direct_over_peak" in same["rounds"][0]:
            same["direct_over_peak"] = median([r["direct_over_peak"] for r in same["rounds"]])
    order = [*PEERS, OURS]
    return sorted(whole.values(), key=lambda result: (result["threads"], order.index(result["name"])))


def main(arguments):
    parser = argparse.ArgumentParser(prog="pictures", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", nargs="+", type=int, default=all_threads())
    parser.add_argument("--rounds", type=int, default=FULL)
    options = parser.parse_args(arguments)
    settings = description() | {"side": SIDE}
    for threads in options.threads:
        peers = open_peers(PEERS, "dncnn", threads, Peer)
        for number in range(1, options.rounds + 1):
            rounds = []
            for name, peer in peers.items():
                ms = 1e3 * peer.ask(do="predict", count=1, side=SIDE)["seconds"]
                rounds.append({"name": name, "version": peer.version, "threads": threads, "rounds": [{"ms": ms}]})
                time.sleep(0.5)
            report = json.loads(run("bench", "--model", "dncnn", "--picture", f"{SIDE}x{SIDE}", "--rounds", 1, "--json",
                                    threads=threads))["pictures"][0]
            rounds.append({"name": OURS, "version": version(), "threads": threads,
                           "rounds": [{"ms": report["ms"], "direct_over_peak": report["direct_over_peak"]}]})
            say(f"round {number} of {options.rounds}: " + ", ".join(
                f"{r['name']} {r['rounds'][0]['ms']:.0f} ms" for r in rounds))
            add("pictures", settings, rounds, merged)
        for peer in peers.values():
            peer.close()
