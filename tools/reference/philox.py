"""Philox4x32-10 and the noise of include/dae/noise.hpp, written from the paper and independent of the product's code.

Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. KNOWN_ANSWERS are the test vectors
that its authors publish with their library Random123.
"""

import math

KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
     (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
]


def philox4x32(counter, key, rounds=10):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(rounds):
        left, right = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (right >> 32) ^ c1 ^ k0, right % 2**32, (left >> 32) ^ c3 ^ k1, left % 2**32
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return c0, c1, c2, c3


def normals(seed, domain, epoch, sample, count):
    """`count` normals of a sample's first elements, in double precision."""
    result = []
    for block in range((count + 3) // 4):
        words = philox4x32((block, epoch, sample, domain), (seed % 2**32, seed >> 32))
        u = [(word + 0.5) / 2**32 for word in words]
        for a, b in ((u[0], u[1]), (u[2], u[3])):
            radius = math.sqrt(-2 * math.log(a))
            result += [radius * math.cos(2 * math.pi * b), radius * math.sin(2 * math.pi * b)]
    return result[:count]


def check():
    for counter, key, words in KNOWN_ANSWERS:
        assert philox4x32(counter, key) == words, (counter, key)
