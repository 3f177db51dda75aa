"""What changes weights: Adam in Keras' form, and PyTorch's own optimizers and clipping behind the same calls."""

import torch

from keras_adam import KerasAdam


class TorchOptimizer:
    """One of torch.optim with clipping by norm; m and v are its moments, zeros where it has none."""

    def __init__(self, parameters, make, clip_norm=0.0):
        self.parameters, self.clip_norm = list(parameters), clip_norm
        self.optimizer = make(self.parameters)

    def step(self, gradients):
        for p, g in zip(self.parameters, gradients):
            p.grad = g.clone()
        if self.clip_norm > 0:
            torch.nn.utils.clip_grad_norm_(self.parameters, self.clip_norm)
        self.optimizer.step()

    def moments(self, *names):
        states = [self.optimizer.state[p] for p in self.parameters]
        return [next((s[n] for n in names if n in s), torch.zeros_like(p)) for s, p in zip(states, self.parameters)]

    @property
    def m(self):
        return self.moments("exp_avg", "momentum_buffer")

    @property
    def v(self):
        return self.moments("exp_avg_sq")


def make(update, parameters):
    """The optimizer that a fixture's `update` describes; tests/device/parity_test.cpp reads the same."""
    match update["optimizer"]:
        case "adam":
            return KerasAdam(parameters)
        case "adamw":
            # An epsilon of next to nothing makes Keras' form and PyTorch's the same.
            return TorchOptimizer(parameters, lambda p: torch.optim.AdamW(
                p, lr=update["rate"], weight_decay=update["decay"], eps=update["epsilon"]))
        case "sgd":
            return TorchOptimizer(parameters, lambda p: torch.optim.SGD(
                p, lr=update["rate"], momentum=update["momentum"]), update.get("clip_norm", 0.0))
    raise ValueError(update)
