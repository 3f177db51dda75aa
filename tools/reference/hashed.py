"""Numbers that Python and C++ derive alike, so that a fixture need not store its weights and images.

A 32-bit integer hash (two multiplications and three xor-shifts, constants of Chris Wellons' lowbias32, public domain)
of element + stream * 0x9E3779B9 gives 24 bits, which float32 holds exactly. tests/support/fixture.hpp is the same in C++.
"""

import math

import numpy as np

WEIGHTS, INPUT, TARGET, PROJECTION = 0, 64, 65, 128  # Streams; weights and projections count on, one a tensor.
STREAMS_PER_SALT = 1024


def uniform(salt, stream, size):
    """`size` doubles in [0, 1), multiples of 2^-24."""
    first = (salt * STREAMS_PER_SALT + stream) * 0x9E3779B9 % 2**32
    x = ((np.arange(size, dtype=np.uint64) + first) % 2**32).astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float64) / 2**24


def image(salt, stream, shape):
    """An n, h, w, c array of float32 values in [0, 1)."""
    return uniform(salt, stream, math.prod(shape)).astype(np.float32).reshape(shape)


def weight(salt, index, dims, fan_in, fan_out):
    """Tensor `index` of a graph in canonical order: Glorot-uniform range for weights, +-0.1 for biases (fans 0)."""
    limit = math.sqrt(6.0 / (fan_in + fan_out)) if fan_in else 0.1
    values = (2 * uniform(salt, WEIGHTS + index, math.prod(dims)) - 1) * limit
    return values.astype(np.float32).reshape(dims)


def projection(salt, index, size):
    """The vector in [-1, 1) with which a large tensor is multiplied, so that a fixture holds every element to account."""
    return 2 * uniform(salt, PROJECTION + index, size) - 1
