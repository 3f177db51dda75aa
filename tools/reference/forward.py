"""Runs a graph with PyTorch. Values are n, c, h, w; a feature vector is n, c."""

import torch
import torch.nn.functional as F

NOISE_LEVEL = 0.25  # What NoiseMap shows; tests/device/parity_test.cpp has the same. A power of two: exact in float32.


def same_padding(kernel):
    """Keras' SAME for stride 1, (left, right, top, bottom): an odd total puts the extra row below and right."""
    low = (kernel - 1) // 2
    return low, kernel - 1 - low, low, kernel - 1 - low


def run_conv(options, x, take):
    kernel, filters = options["kernel"], options["filters"]
    weight = take((filters, x.shape[1], kernel, kernel), x.shape[1] * kernel**2, filters * kernel**2)
    bias = take((filters,), 0, 0)
    if options["padding"] == "same":
        x = F.pad(x, same_padding(kernel)) if kernel % 2 == 0 else x
    return F.conv2d(x, weight, bias, padding=kernel // 2 if options["padding"] == "same" and kernel % 2 else 0)


def run_dense(options, x, take):
    weight = take((options["units"], x.shape[1]), x.shape[1], options["units"])
    return F.linear(x, weight, take((options["units"],), 0, 0))


def run_node(layer, options, inputs, take):
    x = inputs[0]
    match layer:
        case "Conv2d":
            return run_conv(options, x, take)
        case "Dense":
            return run_dense(options, x, take)
        case "MaxPool2d":
            return F.max_pool2d(x, options["size"], ceil_mode=True)
        case "Upsample2d":
            return F.interpolate(x, scale_factor=options["factor"], mode="nearest")
        case "Flatten":
            return x.flatten(1)
        case "Reshape":
            return x.reshape(len(x), options["channels"], options["height"], options["width"])
        case "ReLU":
            return F.relu(x)
        case "Sigmoid":
            return torch.sigmoid(x)
        case "Add":
            return sum(inputs[1:], inputs[0])
        case "Subtract":
            return inputs[0] - inputs[1]
        case "Concat":
            return torch.cat(inputs, 1)
        case "SpaceToDepth":
            return F.pixel_unshuffle(x, options["block"])
        case "DepthToSpace":
            return F.pixel_shuffle(x, options["block"])
        case "NoiseMap":
            return torch.full_like(x[:, :1], NOISE_LEVEL)
    raise ValueError(layer)


def run(graph, parameters, x):
    """The value of every node. `parameters` is in canonical order."""
    rest = iter(parameters)
    return run_with(graph, lambda dims, fan_in, fan_out: next(rest), x)


def run_with(graph, take, x):
    """The value of every node; take(dims, fan_in, fan_out) supplies each parameter."""
    values = [x]
    for layer, options, inputs in graph.nodes[1:]:
        values.append(run_node(layer, options, [values[i] for i in inputs], take))
    return values


def parameter_list(graph, shape):
    """(dims, fan_in, fan_out) of every parameter for n, h, w, c images; the fans of a bias are 0."""
    found = []

    def take(*parameter):
        found.append(parameter)
        return torch.zeros(parameter[0])

    n, h, w, c = shape
    run_with(graph, take, torch.zeros(1, c, h, w))
    return found


def to_planes(images):
    """n, h, w, c array to an n, c, h, w tensor of doubles."""
    return torch.from_numpy(images).double().permute(0, 3, 1, 2).contiguous()


def to_host(x):
    """n, c, h, w or n, c tensor to an array in host order: n, h, w, c."""
    x = x.detach()
    return (x.permute(0, 2, 3, 1) if x.dim() == 4 else x).contiguous().numpy()
