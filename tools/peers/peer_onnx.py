"""OpenVINO and ONNX Runtime on one picture, with our own ONNX export of a network that was trained for a step."""

import tempfile

import numpy

from machine import run


def exported(preset, folder):
    run("train", "--model", preset, "--limit", 16, "--batch", 16, "--epochs", 1, "--out", f"{folder}/run")
    run("export", "--checkpoint", f"{folder}/run/best.safetensors", "--onnx", f"{folder}/net.onnx")
    return f"{folder}/net.onnx"


class Peer:
    def __init__(self, option, preset, threads, batch):
        self.threads, self.side, self.infer = threads, None, None
        self.compile = {"openvino": self.openvino, "runtime": self.runtime}[option]
        with tempfile.TemporaryDirectory() as folder:
            self.model = open(exported(preset, folder), "rb").read()
        self.compile(64)

    def openvino(self, side):
        import openvino
        core = openvino.Core()
        model = core.read_model(self.model)
        model.reshape([1, 1, side, side])
        # One request at a time on all threads is what one picture takes; by default some CPUs would compute in bf16.
        request = core.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": self.threads, "PERFORMANCE_HINT": "LATENCY",
                                                    "INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()
        self.version = f"OpenVINO {openvino.__version__}"
        return lambda x: request.infer({0: x})

    def runtime(self, side):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self.threads, 1
        session = onnxruntime.InferenceSession(self.model, options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        self.version = f"ONNX Runtime {onnxruntime.__version__}"
        return lambda x: session.run(None, {name: x})

    def versions(self):
        return self.version

    def prepare(self, side):
        """Compiles for pictures of that size and makes one."""
        self.infer = self.compile(side)
        self.picture = numpy.random.default_rng(1).random((1, 1, side, side), dtype=numpy.float32)
        self.infer(self.picture)

    def predict(self, count, side):
        for _ in range(count):
            self.infer(self.picture)
