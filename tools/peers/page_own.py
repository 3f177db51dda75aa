"""The sections about our program alone."""

from page_goals import threads_text


def batches(key, report):
    preset, threads = key.rsplit(" ", 1)
    lines = [f"\n### {preset}, {threads_text(int(threads))}\n",
             "| batch | training step, ms | us an image | direct / peak | predict, ms | us an image | direct / peak | "
             "training, stated MB | measured MB |", "|---" * 9 + "|"]
    for r in report["results"]:
        lines.append(f"| {r['batch']} | {r['step_ms']:.3g} | {1e3 * r['step_ms'] / r['batch']:.0f} | "
                     f"{r['direct_over_peak']:.2f} | {r['predict_ms']:.3g} | {1e3 * r['predict_ms'] / r['batch']:.0f} | "
                     f"{r['predict_direct_over_peak']:.2f} | {r['stated_mb']:.1f} | {r['resident_mb']:.1f} |")
    return "\n".join(lines) + "\n"


def layers(preset, report):
    lines = [f"\n### {preset}\n", "| layers | forward, us | backward, us | done / peak | direct / peak |", "|---" * 5 + "|"]
    for l in report["layers"]:
        lines.append(f"| {l['layers']} | {l['forward_us']:.1f} | {l['backward_us']:.1f} | {l['done_over_peak']:.2f} | "
                     f"{l['direct_over_peak']:.2f} |")
    a = report["around"][0]
    lines.append(f"\nAround them: input and noise {a['input_us']:.1f} us, loss {a['loss_us']:.1f} us, Adam "
                 f"{a['update_us']:.1f} us; {100 * a['part_of_step']:.1f}% of all.")
    return "\n".join(lines) + "\n"


def growth(figures):
    lines = ["\n## Images, and two trainings at once\n"]
    if "images" in figures:
        lines += ["| images of an epoch | seconds | us an image |", "|---|---|---|"]
        lines += [f"| {int(n):,} | {s:.2f} | {1e6 * s / int(n):.1f} |" for n, s in figures["images"].items()]
    if "sharing" in figures:
        s = figures["sharing"]
        lines.append(f"\nA training of 30,000 images on {s['cores']} cores takes {s['alone']:.2f} s with start and "
                     f"validation, two of them at once {s['two']:.2f} s: {s['ratio']:.2f} times one.")
    return "\n".join(lines) + "\n"


def section(figures):
    text = ""
    if "batches" in figures:
        text += ("\n## Batch sizes and memory\n\nStated: what `train` prints before it starts, weights, activations and "
                 "workspace. Measured: by how much the process\ngrew while it trained. The batch itself and the images "
                 "are not in it.\n")
        text += "".join(batches(key, report) for key, report in figures["batches"].items())
    if "images" in figures or "sharing" in figures:
        text += growth(figures)
    if "layers" in figures:
        text += ("\n## Where a step's time goes\n\nA block of images on one thread, the shortest of 70 rounds; done: "
                 "arithmetic as carried out, direct: as direct\nconvolution would have done it, both in FLOP/s over the "
                 "FMA peak.\n")
        text += "".join(layers(preset, report) for preset, report in figures["layers"].items())
    return text
