"""Writes noisy versions of a folder's photos as float TIFFs, for `dae-cuda evaluate --noisy`.

    .venv-reference/bin/python tools/reference/noisy_photos.py PHOTOS OUT [SIGMA]

Gaussian noise of sigma SIGMA/255 (25) from numpy's RandomState(0), which begins anew for every file in the order of their
names; not clipped. The published figures of denoisers are made with noise like this.
"""

import pathlib
import sys

import imageio.v3
import numpy as np
import tifffile


def main(photos, out, sigma=25.0):
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    for file in sorted(pathlib.Path(photos).glob("*.png")):
        clean = imageio.v3.imread(file).astype(np.float32) / 255
        noise = np.random.RandomState(0).normal(0, float(sigma) / 255, clean.shape)
        tifffile.imwrite(out / (file.stem + ".tiff"), clean + noise.astype(np.float32))


if __name__ == "__main__":
    main(*sys.argv[1:])
