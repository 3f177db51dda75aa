"""What every peer trains on: as many clean and noisy images as an epoch has, float32 in [0, 1], n h w c.

Random grey values: no peer's speed depends on them, and a peer's own reading of files is not measured.
"""

import numpy as np


def pairs(count):
    generator = np.random.default_rng(1)
    clean = generator.random((count, 28, 28, 1), dtype=np.float32)
    noisy = clean + 0.5 * generator.standard_normal(clean.shape, dtype=np.float32)
    return clean, np.clip(noisy, 0, 1)
