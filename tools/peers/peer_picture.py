"""DnCNN in PyTorch on one picture: channels last, inference mode, eager or under torch.compile."""

import torch


class Peer:
    def __init__(self, option, preset, threads, batch):
        torch.set_num_threads(threads)
        torch.set_num_interop_threads(1)
        convolutions = [torch.nn.Conv2d(1 if i == 0 else 64, 1 if i == 16 else 64, 3, padding=1) for i in range(17)]
        layers = [layer for conv in convolutions for layer in (conv, torch.nn.ReLU(inplace=True))][:-1]
        self.net = torch.nn.Sequential(*layers).to(memory_format=torch.channels_last).eval()
        self.denoise = torch.compile(self.forward) if option == "compile" else self.forward

    def forward(self, x):
        return x - self.net(x)

    def versions(self):
        return f"PyTorch {torch.__version__}"

    def prepare(self, side):
        self.picture = torch.rand(1, 1, side, side).contiguous(memory_format=torch.channels_last)
        self.predict(1, side)

    @torch.inference_mode()
    def predict(self, count, side):
        for _ in range(count):
            self.denoise(self.picture)
