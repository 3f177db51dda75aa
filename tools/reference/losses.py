"""The losses of include/dae/loss.hpp. `values` are those of all nodes of a graph; images are n, c, h, w."""

import torch
import torch.nn.functional as F


def window(side):
    x = torch.arange(side).double() - (side - 1) / 2
    weights = torch.exp(-x * x / (2 * 1.5**2))
    return weights / weights.sum()


def ssim(a, b):
    """Mean over samples, channels and windows of Wang et al.'s SSIM, for images in [0, 1]."""
    side = min(11, *a.shape[2:])
    weights = window(side - 1 if side % 2 == 0 else side)
    square = (weights[:, None] * weights[None, :])[None, None]

    def mean(x):
        return F.conv2d(x.reshape(-1, 1, *x.shape[2:]), square)

    mean_a, mean_b = mean(a), mean(b)
    variances = mean(a * a) - mean_a**2 + mean(b * b) - mean_b**2
    covariance = mean(a * b) - mean_a * mean_b
    c1, c2 = 0.01**2, 0.03**2
    return ((2 * mean_a * mean_b + c1) * (2 * covariance + c2) / ((mean_a**2 + mean_b**2 + c1) * (variances + c2))).mean()


def value(kind, values, target):
    match kind:
        case "bce":
            return F.binary_cross_entropy_with_logits(values[-2].reshape(target.shape), target)
        case "mse":
            return F.mse_loss(values[-1], target)
        case "l1":
            return F.l1_loss(values[-1], target)
        case "charbonnier":
            return torch.sqrt((values[-1] - target) ** 2 + 1e-3**2).mean()
        case "ssim":
            return 1 - ssim(values[-1], target)
        case "dot":
            return (values[-1] * target).sum() / len(target)
    raise ValueError(kind)
