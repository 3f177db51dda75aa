"""Holds forward.py and keras_adam.py to Keras itself: prints how far outputs, loss and weights after ten steps differ.

Not part of the fixtures, since it needs TensorFlow beside PyTorch:
    .venv-reference/bin/pip install --no-cache-dir tensorflow
    .venv-reference/bin/python tools/reference/check_keras.py
Pooling agrees for windows of 2, where Keras' SAME pads below and on the right only; for larger windows Keras also pads
above and on the left, and the product does not.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import torch
from keras import layers

import forward
import graphs
import hashed
import training_steps
from keras_layers import keras_layer

keras.backend.set_floatx("float64")


def to_keras(tensor):
    """(out, in, y, x) to (y, x, in, out) and (out, in) to (in, out)."""
    array = tensor.detach().numpy().copy()
    return array.transpose(2, 3, 1, 0) if array.ndim == 4 else array.T if array.ndim == 2 else array


def check(name):
    fixture, graph, salt = graphs.fixture(name), graphs.load(name), 6
    shape, loss, steps = fixture["input_shape"], fixture["loss"], training_steps.steps_of(fixture)
    parameters = training_steps.make_parameters(salt, forward.parameter_list(graph, shape))
    model = keras.Sequential([layers.Input(shape[1:]), *(keras_layer(*node[:2]) for node in graph.nodes[1:])])
    model.set_weights([to_keras(p) for p in parameters])
    images = hashed.image(salt, hashed.INPUT, shape)
    expected = forward.to_host(forward.run(graph, parameters, forward.to_planes(images))[-1])
    output = model.predict(images.astype(np.float64), verbose=0)
    print(f"{name}: output {abs(output - expected).max():.1e}", end="")
    if steps:
        model.compile(optimizer=keras.optimizers.Adam(1e-3, epsilon=1e-7), loss="binary_crossentropy")
        slots = (training_steps.SLOTS, *shape[1:])
        noisy, clean = (hashed.image(salt, s, slots).astype(np.float64) for s in (hashed.INPUT, hashed.TARGET))
        _, losses = training_steps.take_steps(graph, parameters, loss, steps, salt, shape)
        order = training_steps.step_order(steps)
        for step in range(steps):
            chosen = order[step * training_steps.BATCH:(step + 1) * training_steps.BATCH]
            printed = model.train_on_batch(noisy[chosen], clean[chosen])
        furthest = max(abs(w - to_keras(p)).max() for w, p in zip(model.get_weights(), parameters))
        print(f", weights after {steps} steps {furthest:.1e}", end="")
    print()


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in ("conv-dae-32", "conv-dae-16", "dense-dae", "odd-kernels", "upsamplings"):
        check(name)
