"""The peers: a worker process each, that stays up for all rounds."""

import json
import pathlib
import subprocess
import sys

from machine import say

PEERS = {"pytorch:eager": "PyTorch, eager", "pytorch:compile": "PyTorch, torch.compile", "keras:plain": "Keras",
         "keras:jit": "Keras, jit_compile", "jax:": "JAX, jit"}


class Peer:
    """Answers requests; see worker.py."""

    def __init__(self, name, preset, threads, batch=128):
        command = [sys.executable, pathlib.Path(__file__).with_name("worker.py"), name, preset, str(threads), str(batch)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, bufsize=1)
        self.version = self.read()["versions"]

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the worker ended")
        return json.loads(line)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        return self.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def open_peers(names, preset, threads, make=Peer):
    """Those that start, by name."""
    peers = {}
    for name in names:
        try:
            say(f"{preset}, {threads} thread(s): starting {name}")
            peers[name] = make(name, preset, threads)
        except (RuntimeError, OSError) as error:
            say(f"  left out: {error}")
    return peers
