"""Adam in Keras' form: epsilon is added to sqrt(v) before the bias correction, which is one scalar in the rate."""

import math

import torch


class KerasAdam:
    def __init__(self, parameters, rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-7):
        self.parameters = list(parameters)
        self.rate, self.beta1, self.beta2, self.epsilon = rate, beta1, beta2, epsilon
        self.m = [torch.zeros_like(p) for p in self.parameters]
        self.v = [torch.zeros_like(p) for p in self.parameters]
        self.t = 0

    @torch.no_grad()
    def step(self, gradients):
        self.t += 1
        rate = self.rate * math.sqrt(1 - self.beta2**self.t) / (1 - self.beta1**self.t)
        for p, g, m, v in zip(self.parameters, gradients, self.m, self.v):
            m.mul_(self.beta1).add_(g, alpha=1 - self.beta1)
            v.mul_(self.beta2).addcmul_(g, g, value=1 - self.beta2)
            p.sub_(rate * m / (v.sqrt() + self.epsilon))
