"""Turns the figures of measure.py into docs/performance-cpu.md and docs/performance-cpu.svg."""

import json
import pathlib
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "dae-cuda", "svg.fonttype": "none"})
import matplotlib.pyplot as plt

from measure import FULL, OURS, PEERS, ROOT, ROWS

METHOD = """# Speed of the CPU device beside its peers

Written by `tools/bench-peers`; do not edit. Every program runs the same model on the same machine with the same number
of threads, pinned to as many cores, batch {batch}, float32, Adam. They take turns, {rounds} rounds or more where
no other number is named; a figure is the median, and the factor in brackets is how many times our time that is.

A peer's timing lasts about {seconds:g} s. Each peer's rounds are turns with ours, but not all peers need to have run at
the same time: the file of figures can be filled in pieces.

- training step: forward, loss, backward and Adam on a batch that is in memory; ours draws its noise in it, the peers'
  noise is drawn beforehand.
- epoch: {epoch_images:,} images in a new random order, gathered into batches; Keras' `fit`, ours is
  `dae-cuda train --limit {epoch_images}` without the validation after it.
- predict: one call on images in memory, result in memory.
  A single image takes one lane of a block and costs us as much as a whole block of 16 (AVX-512), 8 or 4: lanes of
  neighbouring pixels, which would change that, are not there yet.

Peers have their fast settings: PyTorch channels last with the fused Adam, eager and under `torch.compile`; Keras with
eight steps an execution, with XLA (`jit_compile`) and without; JAX with one jitted function a step that donates its
weights.

CPU: {cpu}, {cores} cores. {system}, Python {python}.
"""


def table(result):
    ours = result["median"][OURS]
    lines = [f"\n## {result['preset']}, {result['threads']} thread{'s' if result['threads'] > 1 else ''}\n",
             "| | " + " | ".join(f"{title}, ms" for title in ROWS.values()) + " |", "|---" * (len(ROWS) + 1) + "|"]
    for name, rows in result["median"].items():
        cells = [f"{1e3 * rows[row]:.3g}" if rows[row] < 1 else f"{1e3 * rows[row]:.0f}" for row in ROWS]
        if name != OURS:
            cells = [f"{cell} ({rows[row] / ours[row]:.1f})" for cell, row in zip(cells, ROWS)]
        lines.append(f"| {PEERS.get(name, name)} | " + " | ".join(cells) + " |")
    fastest = [min(rows[row] for name, rows in result["median"].items() if name != OURS) / ours[row] for row in ROWS]
    lines.append("| fastest peer / ours | " + " | ".join(f"**{ratio:.1f}**" for ratio in fastest) + " |")
    few = [f"{PEERS[name]}, {len(rows['step'])}" for name, rows in result["rounds"].items() if len(rows["step"]) < FULL]
    if few:
        lines.append(f"\nFewer rounds: {'; '.join(few)}.")
    missing = [title for name, title in PEERS.items() if name not in result["median"]]
    if missing:
        lines.append(f"\nNot measured: {'; '.join(missing)}.")
    return "\n".join(lines) + "\n"


def versions(results):
    known = {PEERS.get(name, name): text.splitlines() for r in results for name, text in r["versions"].items()}
    return "\n## Versions\n\n" + "".join(f"- {name}: {'; '.join(lines)}\n" for name, lines in known.items())


def plot(results, path):
    figure, axes = plt.subplots(len(results), 1, figsize=(8, 2.2 * len(results)), squeeze=False)
    for axis, result in zip(axes[:, 0], results):
        names = [name for name in result["median"] if name != OURS]
        for i, name in enumerate(names):
            ratios = [result["median"][name][row] / result["median"][OURS][row] for row in ROWS]
            places = [row + (i - (len(names) - 1) / 2) * 0.8 / len(names) for row in range(len(ROWS))]
            axis.bar(places, ratios, 0.8 / len(names), label=PEERS[name])
        axis.axhline(1, color="black", linewidth=1)
        axis.set_xticks(range(len(ROWS)), ROWS.values())
        axis.set_ylabel("time / ours")
        axis.set_title(f"{result['preset']}, {result['threads']} thread(s)", fontsize=10)
    axes[0, 0].legend(fontsize=8, ncols=3)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main():
    figures = json.loads(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "runs/bench-peers.json").read_text())
    results = figures["results"]
    plot(results, ROOT / "docs" / "performance-cpu.svg")
    text = METHOD.format(**figures, rounds=FULL) + "\n![Time of each peer over ours](performance-cpu.svg)\n"
    text += "".join(table(result) for result in results) + versions(results)
    (ROOT / "docs" / "performance-cpu.md").write_text(text)


if __name__ == "__main__":
    main()
