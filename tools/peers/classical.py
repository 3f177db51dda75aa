"""Denoises photos by methods that learn nothing, and by our program with given weights: mean PSNR and time.

The noise is that of the papers' tables, as tools/reference/noisy_photos.py writes it: Gaussian, not clipped, from numpy's
RandomState(0) anew for every file. Results are clamped and rounded to 8 bits. Every method is told sigma.

BM3D is the authors' own (PyPI's bm3d; for non-commercial use only). Non-local means is scikit-image's with patches of 7x7
in windows of 23x23, h = 0.8 sigma, and OpenCV's fastNlMeansDenoising on the picture rounded to 8 bits, h = sigma.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

import imageio.v3
import numpy as np
import tifffile

from machine import FIGURES, ROOT, description, run, save, say, version


def noisy(clean, sigma):
    noise = np.random.RandomState(0).normal(0, sigma / 255, clean.shape)
    return (clean / 255 + noise).astype(np.float32)


def psnr(clean, result):
    rounded = np.rint(np.clip(result, 0, 1) * 255)
    return 10 * np.log10(255**2 / np.mean((rounded - clean) ** 2))


def bm3d_method():
    import bm3d
    return lambda image, sigma: bm3d.bm3d(image, sigma_psd=sigma / 255)


def skimage_method():
    from skimage.restoration import denoise_nl_means
    return lambda image, sigma: denoise_nl_means(image, patch_size=7, patch_distance=11, h=0.8 * sigma / 255,
                                                 sigma=sigma / 255, fast_mode=True)


def opencv_method():
    import cv2
    def denoise(image, sigma):
        eight = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
        return cv2.fastNlMeansDenoising(eight, h=sigma, templateWindowSize=7, searchWindowSize=21) / 255.0
    return denoise


METHODS = {"non-local means, scikit-image": skimage_method, "non-local means, OpenCV": opencv_method,
           "BM3D": bm3d_method}


def classical(files, sigma):
    for name, make in METHODS.items():
        method, values, started = make(), [], None
        for file in files:
            clean = imageio.v3.imread(file).astype(np.float64)
            image = noisy(clean, sigma)
            begun = time.perf_counter()
            result = method(image, sigma)
            started = (started or 0) + time.perf_counter() - begun
            values.append(psnr(clean, result))
        say(f"{name}: {np.mean(values):.2f} dB, {started:.1f} s")
        yield {"name": name, "psnr": float(np.mean(values)), "seconds": started}


def ours(photos, files, sigma, checkpoint, name):
    folder = FIGURES / "noisy"
    subprocess.run([sys.executable, ROOT / "tools" / "reference" / "noisy_photos.py", photos, folder, str(sigma)],
                   check=True)
    report = json.loads(run("evaluate", "--checkpoint", checkpoint, "--data", photos, "--noisy", folder, "--json"))
    say(f"{name}: {report['psnr']:.2f} dB")
    return {"name": f"dae-cuda, {name}", "psnr": report["psnr"]}


def main(arguments):
    parser = argparse.ArgumentParser(prog="classical", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=pathlib.Path, required=True, help="folder of grey PNG files, Set12 for example")
    parser.add_argument("--sigma", type=float, default=25)
    parser.add_argument("--checkpoint", action="append", default=[], metavar="NAME=FILE", help="of ours, to set beside")
    options = parser.parse_args(arguments)
    files = sorted(options.photos.glob("*.png"))
    if not files:
        sys.exit(f"{options.photos}: holds no PNG file")
    clean = [imageio.v3.imread(file).astype(np.float64) for file in files]
    before = [psnr(image, noisy(image, options.sigma)) for image in clean]
    results = [{"name": "noisy", "psnr": float(np.mean(before))}, *classical(files, options.sigma)]
    for each in options.checkpoint:
        name, _, file = each.partition("=")
        results.append(ours(options.photos, files, options.sigma, pathlib.Path(file).resolve(), name))
    save("classical", description() | {"version": version(), "photos": options.photos.name, "count": len(files),
                                       "sigma": options.sigma, "results": results})
