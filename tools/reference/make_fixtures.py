"""Writes tests/fixtures/parity/*.json, tests/fixtures/noise.json and tests/fixtures/image_metrics.json.

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

# name: (graph, input shape n h w c, loss, optimizer steps[, what a step does if not Adam])
CASES = {
    "conv-dae-32": (graphs.conv_dae_32, (5, 28, 28, 1), "bce", 10),
    "conv-dae-16": (graphs.conv_dae_16, (5, 28, 28, 1), "bce", 10),
    "dense-dae": (graphs.dense_dae, (5, 28, 28, 1), "bce", 10),
    "channels-flatten-dense": (graphs.channels_flatten_dense, (3, 4, 5, 2), "dot", 0),
    "reshape-conv": (graphs.reshape_conv, (2, 3, 4, 2), "dot", 0),
    "partial-pools": (graphs.partial_pools, (3, 7, 7, 2), "dot", 0),
    "odd-kernels": (graphs.odd_kernels, (2, 9, 10, 2), "dot", 0),
    "upsamplings": (graphs.upsamplings, (2, 3, 4, 2), "mse", 0),
    "skips": (graphs.skips, (3, 6, 5, 2), "mse", 0),
    "sigmoid-inside": (graphs.sigmoid_inside, (2, 5, 6, 1), "mse", 0),
    "squares": (graphs.squares, (2, 6, 12, 3), "mse", 0),
    "noise-map": (graphs.noise_map, (3, 5, 6, 2), "mse", 0),
    "ffdnet-small": (graphs.ffdnet_small, (2, 8, 12, 1), "charbonnier", 0),
    "unet-small": (graphs.unet_small, (2, 8, 12, 1), "l1", 0),
    "loss-l1": (graphs.skips, (3, 6, 5, 2), "l1", 0),
    "loss-charbonnier": (graphs.skips, (3, 6, 5, 2), "charbonnier", 0),
    "loss-ssim": (graphs.skips, (2, 13, 12, 2), "ssim", 0),
    "steps-adamw": (graphs.skips, (3, 6, 5, 2), "mse", 10,
                    {"optimizer": "adamw", "rate": 1e-3, "decay": 0.5, "epsilon": 1e-30}),
    "steps-sgd": (graphs.skips, (3, 6, 5, 2), "mse", 10, {"optimizer": "sgd", "rate": 0.02, "momentum": 0.8}),
    "steps-clipped": (graphs.skips, (3, 6, 5, 2), "charbonnier", 10,
                      {"optimizer": "sgd", "rate": 0.05, "momentum": 0.9, "clip_norm": 0.2}),
}


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


def make_case(build, shape, loss, steps, update=training_steps.ADAM):
    graph = build()
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
        "salt": salt, "input_shape": list(shape), "output_shape": list(output.shape), "loss": loss,
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
    for name, case in CASES.items():
        fixture_files.write(FIXTURES / "parity" / f"{name}.json", make_case(*case))
    fixture_files.write(FIXTURES / "parity" / "pooling-ties.json", pooling_ties())
    fixture_files.write(FIXTURES / "noise.json", noise())
    fixture_files.write(FIXTURES / "image_metrics.json", image_metrics.cases())


if __name__ == "__main__":
    main()
