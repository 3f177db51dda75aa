"""What every peer trains on: clean and noisy images, float32 in [0, 1], n h w c."""

import gzip
import pathlib

import numpy as np

MNIST = pathlib.Path(__file__).resolve().parents[2] / "data" / "mnist"


def with_noise(clean, generator):
    noisy = clean + 0.5 * generator.standard_normal(clean.shape, dtype=np.float32)
    return clean, np.clip(noisy, 0, 1)


def pairs(count):
    """Random grey values: no peer's speed depends on them, and a peer's own reading of files is not measured."""
    generator = np.random.default_rng(1)
    return with_noise(generator.random((count, 28, 28, 1), dtype=np.float32), generator)


def read(name):
    data = gzip.decompress((MNIST / name).read_bytes())
    return np.frombuffer(data, np.uint8, offset=16).reshape(-1, 28, 28, 1).astype(np.float32) / 255


def mnist(seed):
    """Training images and validation images, each clean and noisy; the noise is drawn once."""
    generator = np.random.default_rng(seed)
    return [with_noise(read(f"{which}-images-idx3-ubyte.gz"), generator) for which in ("train", "t10k")]


def glorot(dims, fan_in, fan_out, generator):
    limit = (6 / (fan_in + fan_out)) ** 0.5 if fan_in else 0
    return generator.uniform(-limit, limit, dims).astype(np.float32)
