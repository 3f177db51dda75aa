"""Turns the figures into docs/performance-cpu.md and docs/performance-cpu.svg."""

import machine
import page_goals
import page_own
import page_peers
from machine import FULL, ROOT, load

HEAD = """# Speed of the CPU device beside its peers

Written by `tools/bench-peers`; do not edit.

CPU: {cpu}, {cores} cores. {system}, Python {python}.

## Method

Every program runs the same model on the same machine with the same number of threads, pinned to as many cores, in
float32. They take turns, so that a change of the machine's clock meets all of them; the file of figures can be filled in
pieces, of some peers each, and every piece has turns of ours. A figure is the median of {rounds} rounds or more where no
other number is named; the factor in brackets is how many times our time that is.

Peers have their fast settings: PyTorch channels last with the fused Adam, eager and under `torch.compile`; Keras with
eight steps an execution, with XLA (`jit_compile`) and without; JAX with one jitted function a step that donates its
weights. All are measured with one thread and with one a core; "best peer" is the fastest of all of them with any of these
numbers of threads.
"""


def main(arguments):
    steps, loss, own, pictures, classical = map(load, ("steps", "loss", "own", "pictures", "classical"))
    text = HEAD.format(**(steps or machine.description()), rounds=FULL)
    text += page_goals.section(steps, loss, own, pictures)
    if steps:
        page_peers.plot(steps["results"], ROOT / "docs" / "performance-cpu.svg")
        text += page_peers.steps_section(steps)
    if loss:
        text += page_peers.loss_section(loss)
    if pictures:
        text += page_peers.pictures_section(pictures)
    if own:
        text += page_own.section(own)
    if classical:
        text += page_peers.classical_section(classical)
    text += page_peers.versions_section(steps, loss, own, pictures)
    (ROOT / "docs" / "performance-cpu.md").write_text(text)
