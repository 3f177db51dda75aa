"""PyTorch, eager or under torch.compile: channels last, fused Adam, in-memory data."""

import torch
import torch.nn.functional as F

import forward
import graphs
import images


class Net(torch.nn.Module):
    def __init__(self, preset):
        super().__init__()
        self.graph = getattr(graphs, preset.replace("-", "_"))()
        shapes = forward.parameter_list(self.graph, (1, 28, 28, 1))
        self.weights = torch.nn.ParameterList([self.initial(*shape) for shape in shapes])

    @staticmethod
    def initial(dims, fan_in, fan_out):
        limit = (6 / (fan_in + fan_out)) ** 0.5 if fan_in else 0
        weight = (torch.rand(dims) * 2 - 1) * limit
        return weight.to(memory_format=torch.channels_last) if weight.dim() == 4 else weight

    def forward(self, x):
        """The logits."""
        return forward.run(self.graph, self.weights, x)[-2]


class Peer:
    def __init__(self, option, preset, threads, batch):
        torch.set_num_threads(threads)
        torch.set_num_interop_threads(1)
        self.batch = batch
        self.net = Net(preset)
        self.adam = torch.optim.Adam(self.net.parameters(), lr=1e-3, eps=1e-7, fused=True)
        wrap = torch.compile if option == "compile" else lambda f: f
        self.loss, self.infer = wrap(self.loss_of), wrap(lambda x: torch.sigmoid(self.net(x)))
        clean, noisy = (torch.from_numpy(a).permute(0, 3, 1, 2) for a in images.pairs(60000))
        self.clean, self.noisy = clean, noisy
        self.epoch(2 * batch + batch // 2)
        self.step(3)

    def versions(self):
        return f"PyTorch {torch.__version__}"

    def loss_of(self, noisy, clean):
        return F.binary_cross_entropy_with_logits(self.net(noisy).reshape(clean.shape), clean)

    def train(self, noisy, clean):
        self.adam.zero_grad(set_to_none=True)
        self.loss(noisy, clean).backward()
        self.adam.step()

    def step(self, count):
        noisy, clean = (a[:self.batch].contiguous(memory_format=torch.channels_last) for a in (self.noisy, self.clean))
        for _ in range(count):
            self.train(noisy, clean)

    def epoch(self, count):
        for chosen in torch.randperm(count).split(self.batch):
            self.train(self.noisy[chosen], self.clean[chosen])

    @torch.inference_mode()
    def predict(self, count, batch):
        x = self.noisy[:batch].contiguous(memory_format=torch.channels_last)
        for _ in range(count):
            self.infer(x)
