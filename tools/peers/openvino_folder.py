"""`openvino_folder.py NET.onnx IN OUT STRIDE`: a folder of JPEGs through a grey network, as one would write it in Python.

All pictures must have one size. OpenVINO's throughput mode runs as many requests at a time as suit the machine, channels
one by one; results are encoded in the callbacks, beside the requests that follow.
"""

import pathlib
import sys
import threading

import numpy
import openvino
from PIL import Image


def main(net, folder, out, stride):
    files = sorted(pathlib.Path(folder).glob("*.jpg"))
    width, height = Image.open(files[0]).size
    padding = [(0, -height % stride), (0, -width % stride), (0, 0)]
    core = openvino.Core()
    model = core.read_model(net)
    model.reshape([1, 1, height + padding[0][1], width + padding[1][1]])
    compiled = core.compile_model(model, "CPU", {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "f32"})
    answers, lock = {file: {} for file in files}, threading.Lock()

    def done(request, place):
        file, channel = place
        with lock:
            answers[file][channel] = request.get_output_tensor(0).data[0, 0, :height, :width].copy()
            whole = answers.pop(file) if len(answers[file]) == 3 else None
        if whole is not None:
            pixels = numpy.stack([whole[c] for c in range(3)], -1)
            Image.fromarray((pixels.clip(0, 1) * 255 + 0.5).astype(numpy.uint8)).save(out / file.name, quality=95)

    requests = openvino.AsyncInferQueue(compiled)
    requests.set_callback(done)
    for file in files:
        pixels = numpy.pad(numpy.asarray(Image.open(file).convert("RGB"), numpy.float32) / 255, padding, "reflect")
        for channel in range(3):
            requests.start_async({0: numpy.ascontiguousarray(pixels[None, None, :, :, channel])}, (file, channel))
    requests.wait_all()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), int(sys.argv[4]))
