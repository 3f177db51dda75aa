"""PSNR and SSIM of pairs of hashed images by scikit-image."""

import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

import hashed

SHAPES = [(28, 28), (11, 11), (40, 17)]


def pair(index, shape):
    """A smooth picture and the same with hashed noise, clipped: every step is exact in double and rounded once."""
    h, w = shape
    ys, xs = np.mgrid[0:h, 0:w]
    clean = ((ys * xs) % 97 / 96).astype(np.float32)
    noise = hashed.image(index, hashed.INPUT, shape).astype(np.float64) - 0.5
    noisy = np.clip(clean.astype(np.float64) + 0.25 * (index + 1) * noise, 0, 1).astype(np.float32)
    return clean, noisy


def cases():
    """SSIM as Wang et al. define it: 11x11 Gaussian window of sigma 1.5, population variance, windows inside the image."""
    result = []
    for index, shape in enumerate(SHAPES):
        clean, noisy = (image.astype(np.float64) for image in pair(index, shape))
        ssim = structural_similarity(clean, noisy, data_range=1.0, gaussian_weights=True, sigma=1.5,
                                     use_sample_covariance=False)
        result.append({"height": shape[0], "width": shape[1], "mse": float(((clean - noisy) ** 2).mean()),
                       "psnr": float(peak_signal_noise_ratio(clean, noisy, data_range=1.0)), "ssim": float(ssim)})
    return {"pairs": result}
