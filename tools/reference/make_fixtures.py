"""Writes the numbers of tests/fixtures/parity/*.json, tests/fixtures/noise.json and tests/fixtures/image_metrics.json.

A new case is a file in tests/fixtures/parity with a graph, an input_shape, a loss and, for ten optimizer steps, a
training; all else is filled in.

    tools/reference/setup && .venv-reference/bin/python tools/reference/make_fixtures.py

PyTorch computes in double precision from float32 weights and images (hashed.py), so a fixture is the true value to
float32's precision and the product's whole deviation is its own rounding.
"""

import pathlib

import numpy as np
import torch
import torch.nn.functional as F

import fixture_files
import forward
import graphs
import hashed
import image_metrics
import losses
import philox
import training_steps

FIXTURES = pathlib.Path(__file__).parents[2] / "tests" / "fixtures"
INPUT_GRADIENT = 500  # Projection stream of d loss / d input.


def distance_to_kink(graph, values):
    """How far the nearest ReLU input is from 0 and the nearest two maxima of a pooling window from each other.

    Within it, float32 may fall on the other side, and a gradient jumps for no fault of the program's.
    """
    nearest = float("inf")
    for (layer, options, inputs), _ in zip(graph.nodes, values):
        x = values[inputs[0]] if inputs else None
        if layer == "ReLU":
            nearest = min(nearest, float(x.abs().min()))
        if layer == "MaxPool2d":
            size = options["size"]
            padded = F.pad(x, (0, -x.shape[3] % size, 0, -x.shape[2] % size), value=-torch.inf)
            windows = F.unfold(padded.reshape(-1, 1, *padded.shape[2:]), size, stride=size)
            top = windows.topk(2, dim=1).values
            apart = (top[:, 0] - top[:, 1])[top[:, 0] != 0]  # All zero: a ReLU before it passes no gradient anyway.
            nearest = min(nearest, float(apart.min()))
    return nearest


def find_salt(graph, shape, shapes, loss, steps, update):
    """The first salt whose network keeps 2e-6 from every kink, well above float32's error in these sums, and whose
    optimizer steps are well conditioned.
    """
    for salt in range(1000):
        parameters = training_steps.make_parameters(salt, shapes)
        with torch.no_grad():
            values = forward.run(graph, parameters, forward.to_planes(hashed.image(salt, hashed.INPUT, shape)))
        nearest = distance_to_kink(graph, values)
        if loss == "l1":
            target = hashed.image(salt, hashed.TARGET, forward.to_host(values[-1]).shape)
            nearest = min(nearest, float(np.abs(forward.to_host(values[-1]) - target).min()))
        if nearest > 2e-6 and (not steps or training_steps.conditioned(graph, loss, steps, salt, shapes, shape, update)):
            return salt
    raise RuntimeError("no salt keeps away from every kink")


def make_case(name):
    """Computes a fixture's numbers anew from what says what it is about: its graph, input_shape, loss and training."""
    case, graph = graphs.fixture(name), graphs.load(name)
    shape, loss, steps = tuple(case["input_shape"]), case["loss"], training_steps.steps_of(case)
    update = case.get("training", {}).get("update", training_steps.ADAM)
    shapes = forward.parameter_list(graph, shape)
    salt = find_salt(graph, shape, shapes, loss, steps, update)
    parameters = training_steps.make_parameters(salt, shapes)
    x = forward.to_planes(hashed.image(salt, hashed.INPUT, shape)).requires_grad_()
    values = forward.run(graph, parameters, x)
    output = forward.to_host(values[-1])
    target = hashed.image(salt, hashed.TARGET, output.shape)
    target_planes = forward.to_planes(target) if target.ndim == 4 else torch.from_numpy(target).double()
    value = losses.value(loss, values, target_planes)
    *gradients, d_input = torch.autograd.grad(value, [*parameters, x])
    result = {
        "salt": salt, "graph": case["graph"], "input_shape": list(shape), "output_shape": list(output.shape), "loss": loss,
        "loss_value": float(value.detach()),
        "output": fixture_files.rounded(forward.to_host(values[-2]) if loss == "bce" else output),
        "parameters": [{"dims": list(dims), "fan_in": fan_in, "fan_out": fan_out,
                        **fixture_files.digest(g.numpy(), salt, i)}
                       for i, ((dims, fan_in, fan_out), g) in enumerate(zip(shapes, gradients))],
        "d_input": fixture_files.digest(forward.to_host(d_input), salt, INPUT_GRADIENT),
    }
    if steps:
        result["training"] = training_steps.fixture(graph, loss, steps, salt, shapes, shape, update)
    return result


def pooling_ties():
    """Maxima on quantised images, where most windows tie: the first in row order gets the whole gradient."""
    shape = (2, 7, 5, 3)
    images = np.floor(hashed.image(0, hashed.INPUT, shape) * 3)
    x = forward.to_planes(images.astype(np.float32)).requires_grad_()
    y = F.max_pool2d(x, 2, ceil_mode=True)
    target = hashed.image(0, hashed.TARGET, forward.to_host(y).shape)
    (d_input,) = torch.autograd.grad((y * forward.to_planes(target)).sum(), x)
    return {"levels": 3, "input_shape": list(shape), "output_shape": list(target.shape),
            "output": fixture_files.rounded(forward.to_host(y)),
            "d_input": fixture_files.rounded(forward.to_host(d_input))}


def noise():
    philox.check()
    streams = [(1, 0, 0, 0), (1, 0, 0, 59999), (1, 1, 0, 7), (2**32, 0, 3, 7), (0x123456789ABCDEF, 2, 41, 123456789)]
    normals = [{"seed": seed, "domain": domain, "epoch": epoch, "sample": sample,
                "normals": fixture_files.rounded(philox.normals(seed, domain, epoch, sample, 30))}
               for seed, domain, epoch, sample in streams]
    return {"streams": normals}


def main():
    for path in sorted(graphs.FOLDER.glob("*.json")):
        fixture_files.write(path, pooling_ties() if path.stem == "pooling-ties" else make_case(path.stem))
    fixture_files.write(FIXTURES / "noise.json", noise())
    fixture_files.write(FIXTURES / "image_metrics.json", image_metrics.cases())


if __name__ == "__main__":
    main()
