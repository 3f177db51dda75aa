"""Times a folder of JPEGs of one size, from file to file, beside a short Python program with Pillow and OpenVINO.

Both take all cores, and unet-small as our program exports it.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

from machine import FULL, OURS, median, run, say

PRESET, STRIDE = "unet-small", 4


def seconds(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def main(arguments):
    parser = argparse.ArgumentParser(prog="folder", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="of JPEGs, all of one size")
    parser.add_argument("--rounds", type=int, default=FULL)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        (work / "peer").mkdir()
        run("train", "--model", PRESET, "--limit", 16, "--batch", 16, "--epochs", 1, "--out", work / "run")
        checkpoint = work / "run" / "best.safetensors"
        run("export", "--checkpoint", checkpoint, "--onnx", work / "net.onnx")
        program = pathlib.Path(__file__).with_name("openvino_folder.py")
        times = {"Pillow and OpenVINO": [], OURS: []}
        for number in range(1, options.rounds + 1):
            command = [sys.executable, program, work / "net.onnx", options.folder, work / "peer", STRIDE]
            times["Pillow and OpenVINO"].append(seconds(lambda: subprocess.run(list(map(str, command)), check=True)))
            times[OURS].append(seconds(lambda: run("denoise", "--checkpoint", checkpoint, "--quality", 95, "--if-exists",
                                                   "overwrite", "--out", work / "ours", options.folder)))
            say(f"round {number}: " + ", ".join(f"{name} {each[-1]:.1f} s" for name, each in times.items()))
    for name, each in times.items():
        print(f"{name}: {median(each):.1f} s")
