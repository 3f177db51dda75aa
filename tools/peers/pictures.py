"""Times the photo presets on one grey picture beside OpenVINO and ONNX Runtime, and DnCNN beside PyTorch too.

A call starts and ends in memory. Ours goes through windows as in `denoise`; its arithmetic is counted for the picture
alone, without what windows overlap.
"""

import argparse
import json
import time

from machine import FULL, OURS, add, all_threads, description, median, run, say, version
from peers import Peer, open_peers

PEERS = {"picture:eager": "PyTorch, eager", "picture:compile": "PyTorch, torch.compile", "onnx:openvino": "OpenVINO",
         "onnx:runtime": "ONNX Runtime"}
PRESETS = ("unet-small", "ffdnet-small", "dncnn-small", "dncnn")
SIDES = (512, 2048)


def key(result):
    return result["preset"], result["side"], result["threads"], result["name"]


def merged(results):
    whole = {}
    for result in results:
        same = whole.setdefault(key(result), {**result, "rounds": []})
        if same["version"] != result["version"]:
            raise ValueError(f"another version of {result['name']}")
        same["rounds"] += result["rounds"]
        same["ms"] = median([r["ms"] for r in same["rounds"]])
        if "direct_over_peak" in same["rounds"][0]:
            same["direct_over_peak"] = median([r["direct_over_peak"] for r in same["rounds"]])
    names = [*PEERS, OURS]
    return sorted(whole.values(), key=lambda result: (PRESETS.index(result["preset"]), result["side"],
                                                      result["threads"], names.index(result["name"])))


def of_ours(preset, side, threads):
    report = json.loads(run("bench", "--model", preset, "--picture", f"{side}x{side}", "--rounds", 1, "--json",
                            threads=threads))["pictures"][0]
    return {"ms": report["ms"], "direct_over_peak": report["direct_over_peak"]}


def main(arguments):
    parser = argparse.ArgumentParser(prog="pictures", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", nargs="+", choices=PRESETS, default=PRESETS)
    parser.add_argument("--side", nargs="+", type=int, default=SIDES)
    parser.add_argument("--threads", nargs="+", type=int, default=all_threads())
    parser.add_argument("--rounds", type=int, default=FULL)
    options = parser.parse_args(arguments)
    for preset in options.preset:
        names = [name for name in PEERS if preset == "dncnn" or not name.startswith("picture")]
        for threads in options.threads:
            peers = open_peers(names, preset, threads, Peer)
            for side in options.side:
                measure(peers, preset, side, threads, options.rounds)
            for peer in peers.values():
                peer.close()


def measure(peers, preset, side, threads, count):
    for peer in peers.values():
        peer.ask(do="prepare", side=side)
    for number in range(1, count + 1):
        same = {"preset": preset, "side": side, "threads": threads}
        rounds = []
        for name, peer in peers.items():
            ms = 1e3 * peer.ask(do="predict", count=1, side=side)["seconds"]
            rounds.append(same | {"name": name, "version": peer.version, "rounds": [{"ms": ms}]})
            time.sleep(0.5)
        rounds.append(same | {"name": OURS, "version": version(), "rounds": [of_ours(preset, side, threads)]})
        say(f"{preset}, {side}x{side}, round {number} of {count}: " + ", ".join(
            f"{r['name']} {r['rounds'][0]['ms']:.1f} ms" for r in rounds))
        add("pictures", description(), rounds, merged)
