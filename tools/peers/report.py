"""Turns the figures into docs/performance-cpu.md, by the template page.md.j2, and docs/performance-cpu.svg."""

import jinja2
import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "dae-cuda", "svg.fonttype": "none"})
import matplotlib.pyplot as plt

import machine
from machine import FULL, OURS, ROOT, load
from peers import PEERS
from pictures import PEERS as PICTURE_PEERS
from steps import ROWS


def threads_text(threads):
    return f"{threads} thread{'s' if threads > 1 else ''}"


def best_peer(results, row):
    """The shortest time of any peer at any number of threads, or None."""
    times = [rows[row] for result in results for name, rows in result["median"].items() if name != OURS]
    return min(times, default=None)


def step_goals(steps):
    for preset, goal in (("conv-dae-32", 4), ("conv-dae-16", 6)):
        results = [result for result in steps["results"] if result["preset"] == preset]
        for result in results:
            ours = result["median"].get(OURS)
            for row, title in ROWS.items():
                same = best_peer([result], row)
                if not ours or same is None:
                    continue
                reached = f"{same / ours[row]:.1f}"
                if result is results[-1] and len(results) > 1:
                    reached += f"; best peer {best_peer(results, row) / ours[row]:.1f}"
                yield (f"{preset}, {threads_text(result['threads'])}: {title}, fastest peer / ours",
                       4 if row.startswith("predict") else goal, reached)


def loss_goals(loss):
    for threads in sorted({result["threads"] for result in loss["results"]}):
        here = [result for result in loss["results"] if result["threads"] == threads]
        ours = next((r["seconds"] for r in here if r["name"] == f"{OURS}, fast"), None)
        peers = [r["seconds"] for r in here if not r["name"].startswith(OURS)]
        if ours and peers:
            yield f"time to val_loss {loss['target']}, {threads_text(threads)}", 8, f"{min(peers) / ours:.0f}"


def each(result):
    return result["step_ms"] / result["batch"]


def own_goals(own):
    by_batch = {}
    for key, report in own.get("batches", {}).items():
        preset, threads = key.rsplit(" ", 1)
        results = report["results"]
        by_batch[preset, int(threads)] = here = {r["batch"]: r for r in results}
        usual = here[128]
        title = f"{preset}, {threads_text(int(threads))}"
        if preset == "conv-dae-32":
            yield f"{title}: direct-equivalent FLOP/s / FMA peak", 1.2, f"{usual['direct_over_peak']:.2f}"
        yield (f"{title}: a step's time an image, batch {results[-1]['batch']:,} / batch 128", "at most 1",
               f"{each(results[-1]) / each(usual):.2f}")
        yield (f"{title}: memory measured beyond what is stated, batch 1 to {results[-1]['batch']:,}", "at most 1 MB",
               f"{max(r['resident_mb'] - r['stated_mb'] for r in results):.1f} MB")
    for (preset, threads), here in by_batch.items():
        alone = by_batch.get((preset, 1))
        if threads > 1 and alone:
            # Less than a block, one, and (with two threads) one that is left over; then as many as there are threads.
            ratios = [f"{batch}: {alone[batch]['step_ms'] / here[batch]['step_ms']:.2f}" for batch in (1, 16, 48, 128)]
            yield (f"{preset}, a step's time on one thread / on {threads}, by batch", f"near {threads}",
                   ", ".join(ratios))
    if images := own.get("images"):
        few, many = min(images, key=int), max(images, key=int)
        yield (f"an epoch's time an image, {int(many):,} images / {int(few):,}", "near 1",
               f"{images[many] / int(many) / (images[few] / int(few)):.2f}")
    for preset, report in own.get("layers", {}).items():
        yield (f"{preset}: input, noise, loss, Adam and metrics, part of a step", "under 8%",
               f"{100 * report['around'][0]['part_of_step']:.1f}%")
    if "sharing" in own:
        yield "two trainings at once / one", "at most 2.2", f"{own['sharing']['ratio']:.2f}"


def picture_goals(pictures):
    wanted = {"unet-small": 3, "ffdnet-small": 3, "dncnn": 2.2}
    cases = dict.fromkeys((r["preset"], r["side"], r["threads"]) for r in pictures["results"])
    for preset, side, threads in cases:
        here = {r["name"]: r for r in pictures["results"] if (r["preset"], r["side"], r["threads"]) == (preset, side, threads)}
        peers = [r["ms"] for name, r in here.items() if name != OURS]
        if OURS in here and peers and preset in wanted:
            yield (f"{preset} on {side}x{side}, {threads_text(threads)}: fastest peer / ours", wanted[preset],
                   f"{min(peers) / here[OURS]['ms']:.1f}")


def goals(steps, loss, own, pictures):
    """The page's first table: what was to be reached, and what was."""
    for rows, figures in ((step_goals, steps), (loss_goals, loss), (own_goals, own), (picture_goals, pictures)):
        yield from rows(figures) if figures else []


def milliseconds(seconds):
    return f"{1e3 * seconds:.3g}" if seconds < 1 else f"{1e3 * seconds:,.0f}"


def title(name):
    return PEERS.get(name, name)


def few_rounds(result):
    """The peers with fewer rounds than a median needs."""
    return [f"{title(name)}, {len(rows['step'])}" for name, rows in result["rounds"].items() if len(rows["step"]) < FULL]


def missing_peers(result):
    return [text for name, text in PEERS.items() if name not in result["median"]]


def versions(steps, loss, own, pictures):
    """Pairs of the names that have a version and its text."""
    known = {}
    for result in (steps or {}).get("results", []):
        known |= {PEERS.get(name, name): text for name, text in result["versions"].items()}
    for part, figures in (("time to val_loss", loss), ("pictures", pictures)):
        for result in (figures or {}).get("results", []):
            if result["name"].startswith(OURS):
                known[f"{OURS}, {part}"] = result["version"]
    if own:
        known[f"{OURS}, alone"] = own["version"]
    by_text = {}
    for name, text in known.items():
        by_text.setdefault("; ".join(text.splitlines()), []).append(name)
    return [(names, text) for text, names in by_text.items()]


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


def main(arguments):
    steps, loss, own, pictures, classical = map(load, ("steps", "loss", "own", "pictures", "classical"))
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(ROOT / "tools" / "peers"), trim_blocks=True,
                                     lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {"few_rounds": few_rounds, "missing_peers": missing_peers}
    text = environment.get_template("page.md.j2").render(
        machine=steps or machine.description(), full=FULL, ours=OURS, step_rows=ROWS, title=title, threads=threads_text,
        milliseconds=milliseconds, goals=list(goals(steps, loss, own, pictures)), steps=steps, loss=loss,
        pictures=pictures, picture_peers=PICTURE_PEERS, own=own, classical=classical, versions=versions(steps, loss, own, pictures))
    if steps:
        plot(steps["results"], ROOT / "docs" / "performance-cpu.svg")
    (ROOT / "docs" / "performance-cpu.md").write_text(text)
