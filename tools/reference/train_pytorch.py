"""Trains a preset on MNIST with PyTorch by the product's default recipe, to know how far losses spread by seed alone.

    .venv-reference/bin/python tools/reference/train_pytorch.py --preset conv-dae-16 --seeds 1 2 3 4 5

Recipe: Gaussian noise of sigma 0.5 drawn once (static) and clipped to [0, 1], batch 128 with the last short batch, one
permutation an epoch, Adam in Keras' form with rate 1e-3 and epsilon 1e-7, Glorot-uniform weights, zero biases, float32.
Prints one CSV line an epoch: preset, seed, epoch, val_loss, seconds of training.
"""

import argparse
import gzip
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F

import forward
import graphs
from keras_adam import KerasAdam

PRESETS = ("conv-dae-32", "conv-dae-16", "dense-dae")


def read_idx(path):
    data = gzip.decompress(path.read_bytes())
    assert data[:4] == bytes([0, 0, 8, 3]), path
    n, h, w = (int.from_bytes(data[i:i + 4], "big") for i in (4, 8, 12))
    images = np.frombuffer(data, np.uint8, offset=16).reshape(n, 1, h, w)
    return torch.from_numpy(images.astype(np.float32) / 255)


def glorot(dims, fan_in, fan_out, generator):
    if fan_in == 0:
        return torch.zeros(dims)
    limit = (6 / (fan_in + fan_out)) ** 0.5
    return (torch.rand(dims, generator=generator) * 2 - 1) * limit


def add_noise(clean, sigma, generator):
    return (clean + sigma * torch.randn(clean.shape, generator=generator)).clamp(0, 1)


def loss_of(graph, parameters, noisy, clean):
    logits = forward.run(graph, parameters, noisy)[-2]  # The last node is the Sigmoid, which the loss contains.
    return F.binary_cross_entropy_with_logits(logits.reshape(clean.shape), clean)


@torch.no_grad()
def validate(graph, parameters, noisy, clean, batch=500):
    sums = [loss_of(graph, parameters, noisy[i:i + batch], clean[i:i + batch]) * len(clean[i:i + batch])
            for i in range(0, len(clean), batch)]
    return float(sum(sums)) / len(clean)


def train(name, seed, options, train_images, val_images):
    graph = graphs.load(name)
    generator = torch.Generator().manual_seed(seed)
    parameters = [glorot(*p, generator).requires_grad_() for p in forward.parameter_list(graph, (1, 28, 28, 1))]
    noisy, val_noisy = (add_noise(images, options.noise, generator) for images in (train_images, val_images))
    adam = KerasAdam(parameters)
    for epoch in range(1, options.epochs + 1):
        started = time.perf_counter()
        order = torch.randperm(len(train_images), generator=generator)
        for chosen in order.split(options.batch):
            loss = loss_of(graph, parameters, noisy[chosen], train_images[chosen])
            adam.step(torch.autograd.grad(loss, parameters))
        seconds = time.perf_counter() - started
        print(f"{name},{seed},{epoch},{validate(graph, parameters, val_noisy, val_images):.6f},{seconds:.1f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=PRESETS, default="conv-dae-32")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--noise", type=float, default=0.5)
    parser.add_argument("--threads", type=int, default=1)
    default_data = pathlib.Path(__file__).parents[2] / "data" / "mnist"
    parser.add_argument("--data", type=pathlib.Path, default=default_data)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    train_images = read_idx(options.data / "train-images-idx3-ubyte.gz")
    val_images = read_idx(options.data / "t10k-images-idx3-ubyte.gz")
    print("preset,seed,epoch,val_loss,seconds")
    for seed in options.seeds:
        train(options.preset, seed, options, train_images, val_images)


if __name__ == "__main__":
    main()
