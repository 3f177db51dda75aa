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
import philox
from keras_adam import KerasAdam

FIXTURES = pathlib.Path(__file__).parents[2] / "tests" / "fixtures"
INPUT_GRADIENT = 500  # Projection stream of d loss / d input.

# name: (graph, input shape n h w c, loss, optimizer steps)
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
}


def loss_value(kind, values, target):
    """The losses of include/dae/loss.hpp."""
    if kind == "bce":
        return F.binary_cross_entropy_with_logits(values[-2].reshape(target.shape), target)
    if kind == "mse":
        return F.mse_loss(values[-1], target)
    return (values[-1] * target).sum() / len(target)


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


def make_parameters(salt, shapes):
    return [torch.from_numpy(hashed.weight(salt, i, *p)).double().requires_grad_() for i, p in enumerate(shapes)]


def find_salt(graph, shape, shapes, loss, steps):
    """The first salt whose network keeps 2e-6 from every kink, well above float32's error in these sums, and whose
    optimizer steps are well conditioned: weights moved by 1e-6 of themselves end within 1e-5.
    (A nearly dead ReLU breaks that: Adam turns the first tiny gradient of its weights into a full step.)
    """
    for salt in range(1000):
        parameters = make_parameters(salt, shapes)
        with torch.no_grad():
            values = forward.run(graph, parameters, forward.to_planes(hashed.image(salt, hashed.INPUT, shape)))
        if distance_to_kink(graph, values) > 2e-6 and (not steps or conditioned(graph, loss, steps, salt, shapes, shape)):
            return salt
    raise RuntimeError("no salt keeps away from every kink")


def conditioned(graph, loss, steps, salt, shapes, shape):
    exact = make_parameters(salt, shapes)
    take_steps(graph, exact, loss, steps, salt, shape)
    for sign in (1, -1):
        moved = [(p.detach() * (1 + sign * 1e-6)).requires_grad_() for p in make_parameters(salt, shapes)]
        take_steps(graph, moved, loss, steps, salt, shape)
        if max(float((p - q).detach().abs().max()) for p, q in zip(exact, moved)) > 1e-5:
            return False
    return True


SLOTS, BATCH = 12, 4  # Of the optimizer steps: pairs in the pool, samples of a step.


def step_order(steps):
    """The pool's slots in the order of training; the last step is two samples short."""
    return [(7 * k) % SLOTS for k in range(BATCH * steps - 2)]


def take_steps(graph, parameters, loss, steps, salt, shape):
    """Optimizer steps over (noisy, clean) pairs; changes the parameters, returns the optimizer and each step's loss."""
    noisy, clean = (forward.to_planes(hashed.image(salt, stream, (SLOTS, *shape[1:])))
                    for stream in (hashed.INPUT, hashed.TARGET))
    adam, losses, order = KerasAdam(parameters), [], step_order(steps)
    for first in range(0, len(order), BATCH):
        chosen = order[first:first + BATCH]
        value = loss_value(loss, forward.run(graph, parameters, noisy[chosen]), clean[chosen])
        adam.step(torch.autograd.grad(value, parameters))
        losses.append(float(value.detach()))
    return adam, losses


def training(graph, loss, steps, salt, shapes, shape):
    parameters = make_parameters(salt, shapes)
    adam, losses = take_steps(graph, parameters, loss, steps, salt, shape)
    digests = {key: [fixture_files.digest(t.detach().numpy(), salt, i) for i, t in enumerate(tensors)]
               for key, tensors in (("weights", parameters), ("m", adam.m), ("v", adam.v))}
    return {"slots": SLOTS, "batch": BATCH, "order": step_order(steps), "losses": losses, **digests}


def make_case(build, shape, loss, steps):
    graph = build()
    shapes = forward.parameter_list(graph, shape)
    salt = find_salt(graph, shape, shapes, loss, steps)
    parameters = make_parameters(salt, shapes)
    x = forward.to_planes(hashed.image(salt, hashed.INPUT, shape)).requires_grad_()
    values = forward.run(graph, parameters, x)
    output = forward.to_host(values[-1])
    target = hashed.image(salt, hashed.TARGET, output.shape)
    target_planes = forward.to_planes(target) if target.ndim == 4 else torch.from_numpy(target).double()
    value = loss_value(loss, values, target_planes)
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
        result["training"] = training(graph, loss, steps, salt, shapes, shape)
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
