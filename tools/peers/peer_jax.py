"""JAX: one jitted function a step with donated weights, n h w c."""

import os

os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'false' if os.environ['OMP_NUM_THREADS'] == '1' else 'true'}"

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import forward
import graphs
import images


def conv(x, weight, bias, padding):
    y = lax.conv_general_dilated(x, weight, (1, 1), padding.upper(), dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return y + bias


def pool(x, size):
    window = (1, size, size, 1)
    return lax.reduce_window(x, -jnp.inf, lax.max, window, window, "SAME")


def logits(graph, weights, x):
    rest = iter(weights)
    for layer, options, _ in graph.nodes[1:-1]:
        match layer:
            case "Conv2d":
                x = conv(x, next(rest), next(rest), options["padding"])
            case "Dense":
                x = x @ next(rest) + next(rest)
            case "MaxPool2d":
                x = pool(x, options["size"])
            case "Upsample2d":
                x = jnp.repeat(jnp.repeat(x, options["factor"], 1), options["factor"], 2)
            case "Flatten":
                x = x.reshape(len(x), -1)
            case "Reshape":
                x = x.reshape(len(x), options["height"], options["width"], options["channels"])
            case "ReLU":
                x = jax.nn.relu(x)
    return x


def loss(graph, weights, noisy, clean):
    z = logits(graph, weights, noisy)
    return jnp.mean(jnp.maximum(z, 0) - z * clean + jnp.log1p(jnp.exp(-jnp.abs(z))))


def adam(weights, m, v, t, gradients):
    rate = 1e-3 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    m = [0.9 * a + 0.1 * g for a, g in zip(m, gradients)]
    v = [0.999 * a + 0.001 * g * g for a, g in zip(v, gradients)]
    return [w - rate * a / (jnp.sqrt(b) + 1e-7) for w, a, b in zip(weights, m, v)], m, v, t + 1


class Peer:
    def __init__(self, option, preset, threads, batch):
        graph = graphs.load(preset)
        self.shapes = forward.parameter_list(graph, (1, 28, 28, 1))
        self.state = self.initial_state(1)

        def train(state, noisy, clean):
            return adam(*state, jax.grad(lambda w: loss(graph, w, noisy, clean))(state[0]))

        self.train = jax.jit(train, donate_argnums=0)
        self.loss = jax.jit(lambda weights, noisy, clean: loss(graph, weights, noisy, clean))
        self.infer = jax.jit(lambda weights, x: jax.nn.sigmoid(logits(graph, weights, x)))
        self.batch = batch
        self.clean, self.noisy = images.pairs(60000)
        self.epoch(2 * batch + batch // 2)
        self.step(3)

    def initial_state(self, seed):
        """Keras' and JAX' order: (y, x, in, out) and (in, out)."""
        generator = np.random.default_rng(seed)
        weights = [jnp.asarray(images.glorot((*dims[2:], *dims[1::-1]), fan_in, fan_out, generator))
                   for dims, fan_in, fan_out in self.shapes]
        return weights, [0 * w for w in weights], [0 * w for w in weights], jnp.float32(1)

    def begin(self, seed):
        """MNIST and new weights; everything that training and validation meet is compiled."""
        (self.clean, self.noisy), (self.val_clean, self.val_noisy) = images.mnist(seed)
        self.epoch(2 * self.batch + len(self.clean) % self.batch)
        self.validate()
        self.state = self.initial_state(seed)

    def validate(self):
        parts = [slice(i, i + 1000) for i in range(0, len(self.val_clean), 1000)]
        losses = [self.loss(self.state[0], self.val_noisy[part], self.val_clean[part]) for part in parts]
        return float(sum(losses) / len(losses))

    def versions(self):
        return f"JAX {jax.__version__}"

    def step(self, count):
        noisy, clean = jnp.asarray(self.noisy[:self.batch]), jnp.asarray(self.clean[:self.batch])
        for _ in range(count):
            self.state = self.train(self.state, noisy, clean)
        jax.block_until_ready(self.state)

    def epoch(self, count):
        order = np.random.permutation(count)
        for first in range(0, count, self.batch):
            chosen = order[first:first + self.batch]
            self.state = self.train(self.state, self.noisy[chosen], self.clean[chosen])
        jax.block_until_ready(self.state)

    def predict(self, count, batch):
        x = jnp.asarray(self.noisy[:batch])
        for _ in range(count):
            jax.block_until_ready(self.infer(self.state[0], x))
