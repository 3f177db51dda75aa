"""Keras 3 on TensorFlow, with XLA (jit) or without."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf

import graphs
import images
from keras_layers import keras_layer


class Peer:
    def __init__(self, option, preset, threads, batch):
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        graph = graphs.load(preset)
        inner = [keras_layer(layer, options) for layer, options, _ in graph.nodes[1:]]
        self.model = keras.Sequential([keras.layers.Input((28, 28, 1)), *inner])
        self.adam = keras.optimizers.Adam(1e-3, epsilon=1e-7)
        self.model.compile(optimizer=self.adam, loss="binary_crossentropy",
                           jit_compile=option == "jit", steps_per_execution=8)
        self.adam.build(self.model.trainable_variables)
        self.fresh_adam = [np.array(v) for v in self.adam.variables]
        self.infer = tf.function(lambda x: self.model(x, training=False), jit_compile=option == "jit")
        self.batch = batch
        self.clean, self.noisy = images.pairs(60000)
        self.epoch(16 * batch)
        self.step(16)

    def versions(self):
        return f"Keras {keras.__version__} on TensorFlow {tf.__version__}"

    def begin(self, seed):
        """MNIST and new weights; everything that training and validation meet is compiled."""
        (self.clean, self.noisy), (self.val_clean, self.val_noisy) = images.mnist(seed)
        self.epoch(8 * self.batch + len(self.clean) % self.batch)
        self.validate()
        for variable, value in zip(self.adam.variables, self.fresh_adam):
            variable.assign(value)
        generator = np.random.default_rng(seed)
        for weight in self.model.weights:
            area = np.prod(weight.shape[:-2], dtype=int)
            fans = (area * weight.shape[-2], area * weight.shape[-1]) if len(weight.shape) > 1 else (0, 0)
            weight.assign(images.glorot(weight.shape, *fans, generator))

    def validate(self):
        return float(self.model.evaluate(self.val_noisy, self.val_clean, batch_size=1000, verbose=0))

    def step(self, count):
        pair = tf.constant(self.noisy[:self.batch]), tf.constant(self.clean[:self.batch])
        data = tf.data.Dataset.from_tensors(pair).cache().repeat(count)
        self.model.fit(data, epochs=1, steps_per_epoch=count, verbose=0)

    def epoch(self, count):
        self.model.fit(self.noisy[:count], self.clean[:count], batch_size=self.batch, shuffle=True, verbose=0)

    def predict(self, count, batch):
        x = tf.constant(self.noisy[:batch])
        for _ in range(count):
            np.asarray(self.infer(x))
