"""One peer in one process: `worker.py PEER PRESET THREADS BATCH` answers requests on standard input, one JSON a line.

{"do": "prepare", "side": N} gets ready for pictures of N x N pixels.
{"do": "step" | "predict" | "epoch", "count": N} runs N training steps, N calls of predict (of "batch" images, or of one
picture of "side" pixels) or an epoch of N images, and answers {"seconds": S}. {"do": "reach", "loss": L, "seed": S} trains
on MNIST from new weights until the validation loss is at most L, and answers {"seconds", "epochs", "val_loss"}. The first
answer is {"versions": ...}, after everything is compiled.
"""

import importlib
import json
import os
import sys
import time


def reach(peer, loss, seed, most_epochs=10):
    peer.begin(seed)
    started = time.perf_counter()
    for epoch in range(1, most_epochs + 1):
        peer.epoch(len(peer.clean))
        val_loss = peer.validate()
        if val_loss <= loss:
            break
    return {"seconds": time.perf_counter() - started, "epochs": epoch, "val_loss": val_loss}


def timed(action, request):
    started = time.perf_counter()
    action(**request)
    return {"seconds": time.perf_counter() - started}


def main():
    peer, preset, threads, batch = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    os.environ.update(OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads), TF_CPP_MIN_LOG_LEVEL="3",
                      CUDA_VISIBLE_DEVICES="")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # The libraries' own output must not mix with the answers.
    module, _, option = peer.partition(":")
    runner = importlib.import_module(f"peer_{module}").Peer(option, preset, threads, batch)
    print(json.dumps({"versions": runner.versions()}), file=answers)
    for line in sys.stdin:
        request = json.loads(line)
        what = request.pop("do")
        answer = reach(runner, **request) if what == "reach" else timed(getattr(runner, what), request)
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "reference"))
    main()
