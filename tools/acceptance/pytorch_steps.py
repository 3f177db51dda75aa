"""Times training steps of conv-dae-32 in PyTorch: gather, noise, forward, loss, backward, fused Adam on one GPU.

    python3 tools/acceptance/pytorch_steps.py --mode compile --precision tf32 --batch 512

eager: as PyTorch is used; compile: torch.compile with mode reduce-overhead, which replays CUDA graphs. bf16 is autocast.
Images lie on the device and noise is drawn there, as in the product. The last line says what a step took, as the median
of some rounds.
"""

import argparse
import statistics
import time

import torch
import torch.nn.functional as F


class ConvDae32(torch.nn.Module):
    """host/graph/presets.cpp has the same network."""

    def __init__(self):
        super().__init__()
        pairs = [(1, 32), (32, 32), (32, 32), (32, 32), (32, 1)]
        self.layers = torch.nn.ModuleList([torch.nn.Conv2d(a, b, 3, padding=1) for a, b in pairs])

    def forward(self, x):
        """The logits."""
        conv = self.layers
        x = F.max_pool2d(F.relu(conv[0](x)), 2)
        x = F.max_pool2d(F.relu(conv[1](x)), 2)
        x = F.interpolate(F.relu(conv[2](x)), scale_factor=2)
        x = F.interpolate(F.relu(conv[3](x)), scale_factor=2)
        return conv[4](x)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="0", help="number of a CUDA device, or cpu")
    parser.add_argument("--mode", choices=["eager", "compile"], default="eager")
    parser.add_argument("--precision", choices=["fp32", "tf32", "bf16"], default="fp32")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=200, help="in a round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    device = torch.device("cpu" if options.device == "cpu" else f"cuda:{options.device}")
    on_gpu = device.type == "cuda"

    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = options.precision != "fp32"
    torch.backends.cudnn.benchmark = True
    net = ConvDae32().to(device, memory_format=torch.channels_last)
    adam = torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-7, fused=True)
    images = torch.randint(0, 256, (60000, 1, 28, 28), dtype=torch.uint8, device=device)

    def loss_of(clean, noise):
        noisy = (clean + 0.5 * noise).clamp(0, 1).contiguous(memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16, enabled=options.precision == "bf16"):
            logits = net(noisy)
        return F.binary_cross_entropy_with_logits(logits.float(), clean)

    if options.mode == "compile":
        loss_of = torch.compile(loss_of, mode="reduce-overhead" if on_gpu else "default")

    def wait():
        if on_gpu:
            torch.cuda.synchronize(device)

    order = torch.randperm(len(images), device=device)

    def run(steps):
        for step in range(steps):
            start = step * options.batch % (len(images) - options.batch)
            clean = images[order[start:start + options.batch]].float() / 255
            if options.mode == "compile" and on_gpu:
                torch.compiler.cudagraph_mark_step_begin()
            adam.zero_grad(set_to_none=True)
            loss_of(clean, torch.randn_like(clean)).backward()
            adam.step()
        wait()

    run(min(10, options.steps))
    times = []
    for _ in range(options.rounds):
        start = time.perf_counter()
        run(options.steps)
        times.append((time.perf_counter() - start) / options.steps)
    step = statistics.median(times)
    print(f"{1e3 * step:.4g} ms a step, {options.batch / step:.0f} images/s, PyTorch {torch.__version__}")


if __name__ == "__main__":
    main()
