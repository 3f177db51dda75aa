"""Graphs as tests/fixtures/parity keeps them: in each file the model as docs/formats.md describes it."""

import json
import pathlib

FOLDER = pathlib.Path(__file__).parents[2] / "tests" / "fixtures" / "parity"


class Graph:
    """Nodes in topological order; each is (layer, options, indices of its inputs). Node 0 is the input."""

    def __init__(self, model):
        self.nodes, places = [], {}
        for layer in model["layers"]:
            options = {key: value for key, value in layer.items() if key not in ("type", "name", "inputs")}
            last = [len(self.nodes) - 1] if self.nodes else []
            inputs = [places[name] for name in layer["inputs"]] if "inputs" in layer else last
            places[layer.get("name")] = len(self.nodes)
            self.nodes.append((layer["type"], options, inputs))


def fixture(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def load(name):
    """The graph of a fixture; a preset's fixture has its name."""
    return Graph(fixture(name)["graph"])
