"""How far other programs' results with our exported weights are from ours, and our results with theirs.

    tools/reference/check_exports.py --program build/dae-cuda [--data data/mnist]

Needs onnxruntime, onnx, torch, keras (with TensorFlow), safetensors, tifffile with imagecodecs, and numpy from PyPI. For every preset: a
short training by our program, its weights exported; onnxruntime's, PyTorch's and Keras' outputs on 64 noisy pictures of
float TIFF against those of our `denoise`, which are float as well; then weights that PyTorch and Keras initialised,
imported, the same way round. For the presets for photos, grey and colour: onnxruntime's outputs on the same pictures.
"""
import argparse
import os
import pathlib
import struct
import subprocess
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402
import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
import tifffile  # noqa: E402
import torch  # noqa: E402
from safetensors.numpy import load_file, save_file  # noqa: E402

PRESETS = ("conv-dae-32", "conv-dae-16", "dense-dae")
PHOTO_PRESETS = ("dncnn", "dncnn-small", "ffdnet-small", "unet-small")


def torch_model(preset):
    """The preset in PyTorch; the n-th parameter is our n-th."""
    nn = torch.nn

    def conv(i, o, k=3, same=True):
        return nn.Conv2d(i, o, k, padding="same" if same else 0)

    pool, up = (lambda: nn.MaxPool2d(2, ceil_mode=True)), (lambda: nn.Upsample(scale_factor=2))
    if preset == "conv-dae-32":
        layers = [conv(1, 32), nn.ReLU(), pool(), conv(32, 32), nn.ReLU(), pool(), conv(32, 32), nn.ReLU(), up(),
                  conv(32, 32), nn.ReLU(), up(), conv(32, 1), nn.Sigmoid()]
    elif preset == "conv-dae-16":
        layers, channels = [], 1
        for filters in (16, 8, 4, 4):
            layers += [conv(channels, filters), nn.ReLU(), pool()]
            channels = filters
        for _ in range(4):
            layers += [conv(channels, 8), nn.ReLU(), up()]
            channels = 8
        layers += [conv(8, 8, 5, same=False), nn.ReLU(), conv(8, 1), nn.Sigmoid()]
    else:
        layers, sizes = [nn.Flatten()], (784, 128, 64, 32, 64, 128, 784)
        for i, o in zip(sizes, sizes[1:]):
            layers += [nn.Linear(i, o), nn.ReLU()]
        layers[-1] = nn.Sigmoid()
        layers += [nn.Unflatten(1, (1, 28, 28))]
    return nn.Sequential(*layers)


def keras_model(preset):
    """The preset in Keras; the n-th weight is our n-th."""
    layers = keras.layers

    def conv(filters, kernel=3, padding="same", activation="relu"):
        return layers.Conv2D(filters, kernel, padding=padding, activation=activation)

    pool, up = (lambda: layers.MaxPooling2D(2, padding="same")), (lambda: layers.UpSampling2D(2))
    model = keras.Sequential([keras.Input((28, 28, 1))])
    if preset == "conv-dae-32":
        body = [conv(32), pool(), conv(32), pool(), conv(32), up(), conv(32), up(), conv(1, activation="sigmoid")]
    elif preset == "conv-dae-16":
        body = [layer for filters in (16, 8, 4, 4) for layer in (conv(filters), pool())]
        body += [layer for _ in range(4) for layer in (conv(8), up())]
        body += [conv(8, 5, "valid"), conv(1, activation="sigmoid")]
    else:
        body = [layers.Flatten()] + [layers.Dense(n, "relu") for n in (128, 64, 32, 64, 128)]
        body += [layers.Dense(784, "sigmoid"), layers.Reshape((28, 28, 1))]
    for layer in body:
        model.add(layer)
    return model


def write_idx(path, images):
    header = struct.pack(f">{1 + images.ndim}i", 0x800 + images.ndim, *images.shape)
    pathlib.Path(path).write_bytes(header + images.tobytes())


class Ours:
    """The program, with images of a number of channels."""

    def __init__(self, program, folder, data, channels):
        self.program, self.folder = program, pathlib.Path(folder)
        shape = (64, 28, 28, channels)
        self.images = np.random.default_rng(1).random(shape, np.float32)
        self.noisy = self.folder / f"noisy-{channels}"
        self.noisy.mkdir()
        for i, image in enumerate(self.images):
            tifffile.imwrite(self.noisy / f"{i:02}.tif", image.squeeze())
        self.data = data
        if channels != 1:
            self.data = self.folder / f"train-{channels}-idx"
            write_idx(self.data, (self.images * 255).astype(np.uint8))

    def run(self, *arguments):
        subprocess.run([self.program, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)

    def train(self, preset, images=2000):
        out = self.folder / preset
        self.run("train", "--model", preset, "--limit", images, "--epochs", 1, "--train-data", self.data, "--val-data",
                 self.data, "--out", out)
        return out / "last.safetensors"

    def denoise(self, checkpoint):
        out = self.folder / "denoised"
        self.run("denoise", "--checkpoint", checkpoint, self.noisy, "--if-exists", "overwrite", "--out", out)
        return np.stack([tifffile.imread(out / f"{i:02}.tif").reshape(self.images.shape[1:]) for i in range(64)])

    def nchw(self):
        return np.ascontiguousarray(self.images.transpose(0, 3, 1, 2))


def nhwc(images):
    return images.transpose(0, 2, 3, 1)


def compare(name, theirs, ours):
    apart = np.abs(theirs.astype(np.float64) - ours).max()
    verdict = "ok" if apart < 1e-5 else "TOO FAR"
    print(f"  {name}: at most {apart:.1e} apart: {verdict}")
    return verdict == "ok"


def load_into_keras(model, weights):
    """Weights in our order and layout into a Keras model: (filters, channels, rows, columns) becomes (rows, columns,
    channels, filters), (units, inputs) becomes (inputs, units), and Dense layers beside Flatten or Reshape, which count
    in rows, columns, channels order, have one channel in the presets, where both orders are the same."""
    turn = {4: (2, 3, 1, 0), 2: (1, 0), 1: (0,)}
    model.set_weights([np.transpose(value, turn[value.ndim]) for value in weights])


def check(preset, ours):
    print(preset)
    checkpoint = ours.train(preset)
    onnx_file, weights_file = ours.folder / f"{preset}.onnx", ours.folder / f"{preset}.safetensors"
    ours.run("export", "--checkpoint", checkpoint, "--onnx", onnx_file, "--safetensors", weights_file)
    expected, images = ours.denoise(checkpoint), ours.nchw()
    session = onnxruntime.InferenceSession(str(onnx_file), providers=["CPUExecutionProvider"])
    by_onnx = nhwc(session.run(None, {"input": images})[0])
    good = compare("exported, onnxruntime", by_onnx, expected)

    graph_order = [entry.name for entry in onnx.load(str(onnx_file)).graph.initializer
                   if entry.name.endswith((".weight", ".bias"))]
    weights = load_file(weights_file)
    network = torch_model(preset)
    network.load_state_dict(dict(zip(network.state_dict(), (torch.from_numpy(weights[n]) for n in graph_order))))
    with torch.no_grad():
        by_torch = nhwc(network(torch.from_numpy(images)).numpy())
    good &= compare("exported, PyTorch", by_torch, expected)
    model = keras_model(preset)
    load_into_keras(model, [weights[name] for name in graph_order])
    good &= compare("exported, Keras", model.predict(ours.images, verbose=0), expected)

    torch.manual_seed(1)
    fresh = torch_model(preset)
    foreign = ours.folder / "foreign.safetensors"
    save_file({name: value.numpy() for name, value in fresh.state_dict().items()}, foreign)
    imported = ours.folder / "imported.safetensors"
    ours.run("import", foreign, "--model", preset, "--out", imported)
    with torch.no_grad():
        by_torch = nhwc(fresh(torch.from_numpy(images)).numpy())
    good &= compare("imported from PyTorch", by_torch, ours.denoise(imported))

    keras.utils.set_random_seed(1)
    model = keras_model(preset)
    save_file({weight.path: np.ascontiguousarray(weight.numpy()) for weight in model.weights}, foreign)
    ours.run("import", foreign, "--model", preset, "--out", imported)
    return good & compare("imported from Keras", model.predict(ours.images, verbose=0), ours.denoise(imported))


def check_photos(preset, ours):
    print(preset)
    checkpoint = ours.train(preset, 128)
    onnx_file = ours.folder / f"{preset}.onnx"
    ours.run("export", "--checkpoint", checkpoint, "--onnx", onnx_file)
    session = onnxruntime.InferenceSession(str(onnx_file), providers=["CPUExecutionProvider"])
    images = ours.nchw()
    good = compare("exported, onnxruntime", nhwc(session.run(None, {"input": images})[0]), ours.denoise(checkpoint))
    larger = session.run(None, {"input": np.zeros((3, images.shape[1], 36, 44), np.float32)})[0]
    return good and larger.shape[2:] == (36, 44)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="build/dae-cuda")
    parser.add_argument("--data", default="data/mnist")
    options = parser.parse_args()
    print(f"onnxruntime {onnxruntime.__version__}, torch {torch.__version__}, keras {keras.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(options.program).resolve()
        grey, colour = (Ours(program, folder, options.data, channels) for channels in (1, 3))
        results = [check(preset, grey) for preset in PRESETS]
        results += [check_photos(preset, grey) for preset in PHOTO_PRESETS]
        results += [check_photos(preset + "-colour", colour) for preset in PHOTO_PRESETS]
        if not all(results):
            raise SystemExit("results differ by more than 1e-5")


if __name__ == "__main__":
    main()
