"""The sections about peers, and the plot."""

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "dae-cuda", "svg.fonttype": "none"})
import matplotlib.pyplot as plt

from machine import FULL, OURS
from page_goals import threads_text
from peers import PEERS
from steps import ROWS

ABOUT_STEPS = """
## Training and predict

Batch {batch}, Adam. A peer's timing lasts about {seconds:g} s.

- training step: forward, loss, backward and Adam on a batch that is in memory; ours draws its noise in it, the peers'
  noise is drawn beforehand.
- epoch: {epoch_images:,} images in a new random order, gathered into batches; Keras' `fit`, ours is
  `dae-cuda train --limit {epoch_images}` without the validation after it.
- predict: one call on images in memory, result in memory.

![Time of each peer over ours](performance-cpu.svg)
"""

ABOUT_LOSS = """
## Time to val_loss {target}

conv-dae-32 on MNIST, from new weights until the 10,000 test images give {target}, where the notebook ended. Peers and
`{ours}, default` train by the default recipe and validate after every epoch; `{ours}, fast` is `--recipe fast`
(docs/recipes.md). A peer's clock starts when everything is imported, read and compiled; ours covers the whole process,
which reads the data, validates, and writes checkpoints, pictures and the report. Medians over so many seeds.
"""

ABOUT_PICTURES = """
## DnCNN on a picture

One grey picture of {side}x{side}, from memory to memory; ours in overlapping windows as `denoise` cuts it.
"""

ABOUT_CLASSICAL = """
## Methods that learn nothing

Mean PSNR over the {count} photos of {photos}, Gaussian noise of sigma {sigma:g}/255, not clipped, sigma known to all;
time on one core. `tools/bench-peers classical --help` tells the settings. BM3D is PyPI's bm3d, for non-commercial use only.
"""


def milliseconds(seconds):
    return f"{1e3 * seconds:.3g}" if seconds < 1 else f"{1e3 * seconds:,.0f}"


def steps_table(result):
    ours = result["median"].get(OURS)
    lines = [f"\n### {result['preset']}, {threads_text(result['threads'])}\n",
             "| | " + " | ".join(f"{title}, ms" for title in ROWS.values()) + " |", "|---" * (len(ROWS) + 1) + "|"]
    for name, rows in result["median"].items():
        cells = [milliseconds(rows[row]) for row in ROWS]
        if name != OURS and ours:
            cells = [f"{cell} ({rows[row] / ours[row]:.1f})" for cell, row in zip(cells, ROWS)]
        lines.append(f"| {PEERS.get(name, name)} | " + " | ".join(cells) + " |")
    few = [f"{PEERS.get(name, name)}, {len(rows['step'])}" for name, rows in result["rounds"].items()
           if len(rows["step"]) < FULL]
    if few:
        lines.append(f"\nFewer rounds: {'; '.join(few)}.")
    missing = [title for name, title in PEERS.items() if name not in result["median"]]
    if missing:
        lines.append(f"\nNot measured: {'; '.join(missing)}.")
    return "\n".join(lines) + "\n"


def steps_section(figures):
    return ABOUT_STEPS.format(**figures) + "".join(steps_table(result) for result in figures["results"])


def loss_section(figures):
    lines = ["\n| threads | | seconds | epochs | val_loss reached | seeds |", "|---|---|---|---|---|---|"]
    for result in figures["results"]:
        epochs = sorted({run["epochs"] for run in result["runs"]})
        lines.append(f"| {result['threads']} | {PEERS.get(result['name'], result['name'])} | {result['seconds']:.2f} | "
                     f"{'0.1' if result['name'].endswith('fast') else ' to '.join(map(str, epochs))} | "
                     f"{result['val_loss']:.4f} | {len(result['runs'])} |")
    return ABOUT_LOSS.format(target=figures["target"], ours=OURS) + "\n".join(lines) + "\n"


def pictures_section(figures):
    lines = ["\n| threads | | ms | direct-equivalent FLOP/s / FMA peak | rounds |", "|---|---|---|---|---|"]
    for result in figures["results"]:
        name = result["name"].replace("picture", "pytorch")
        over_peak = f"{result['direct_over_peak']:.2f}" if "direct_over_peak" in result else ""
        lines.append(f"| {result['threads']} | {PEERS.get(name, name)} | {result['ms']:,.0f} | {over_peak} | "
                     f"{len(result['rounds'])} |")
    return ABOUT_PICTURES.format(**figures) + "\n".join(lines) + "\n"


def classical_section(figures):
    lines = ["\n| | PSNR, dB | seconds for all |", "|---|---|---|"]
    for result in figures["results"]:
        seconds = f"{result['seconds']:.1f}" if "seconds" in result else ""
        lines.append(f"| {result['name']} | {result['psnr']:.2f} | {seconds} |")
    return ABOUT_CLASSICAL.format(**figures) + "\n".join(lines) + "\n"


def versions_section(steps, loss, own, pictures):
    known = {}
    for result in (steps or {}).get("results", []):
        known |= {PEERS.get(name, name): text for name, text in result["versions"].items()}
    for part, figures in (("time to val_loss", loss), ("DnCNN", pictures)):
        for result in (figures or {}).get("results", []):
            if result["name"].startswith(OURS):
                known[f"{OURS}, {part}"] = result["version"]
    if own:
        known[f"{OURS}, alone"] = own["version"]
    by_text = {}
    for name, text in known.items():
        by_text.setdefault("; ".join(text.splitlines()), []).append(name)
    return "\n## Versions\n\n" + "".join(f"- {' and '.join(names)}: {text}\n" for text, names in by_text.items())


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
        axis.set_title(f"{result['preset']}, {threads_text(result['threads'])}", fontsize=10)
    axes[0, 0].legend(fontsize=8, ncols=3)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
