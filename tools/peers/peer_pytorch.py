"""PyTorch, eager or under torch.compile: channels last, fused Adam, in-memory data."""

import numpy as np
import torch
import torch.nn.functional as F

import forward
import graphs
import images


class Net(torch.nn.Module):
    def __init__(self, preset):
        super().__init__()
        self.graph = graphs.load(preset)
        self.shapes = forward.parameter_list(self.graph, (1, 28, 28, 1))
        weights = [torch.empty(dims) for dims, _, _ in self.shapes]
        self.weights = torch.nn.ParameterList(
            [w.to(memory_format=torch.channels_last) if w.dim() == 4 else w for w in weights])
        self.begin(1)

    @torch.no_grad()
    def begin(self, seed):
        generator = np.random.default_rng(seed)
        for weight, shape in zip(self.weights, self.shapes):
            weight.copy_(torch.from_numpy(images.glorot(*shape, generator)))

    def forward(self, x):
        """The logits."""
        return forward.run(self.graph, self.weights, x)[-2]


class Peer:
    def __init__(self, option, preset, threads, batch):
        torch.set_num_threads(threads)
        torch.set_num_interop_threads(1)
        self.batch = batch
        self.net = Net(preset)
        self.adam = self.new_adam()
        wrap = torch.compile if option == "compile" else lambda f: f
        self.loss, self.infer = wrap(self.loss_of), wrap(lambda x: torch.sigmoid(self.net(x)))
        self.clean, self.noisy = self.tensors(images.pairs(60000))
        self.epoch(2 * batch + batch // 2)
        self.step(3)

    def versions(self):
        return f"PyTorch {torch.__version__}"

    def new_adam(self):
        return torch.optim.Adam(self.net.parameters(), lr=1e-3, eps=1e-7, fused=True)

    @staticmethod
    def tensors(pair):
        return [torch.from_numpy(a).permute(0, 3, 1, 2) for a in pair]

    def begin(self, seed):
        """MNIST and new weights; everything that training and validation meet is compiled."""
        (self.clean, self.noisy), (self.val_clean, self.val_noisy) = map(self.tensors, images.mnist(seed))
        self.epoch(2 * self.batch + len(self.clean) % self.batch)
        self.validate()
        self.net.begin(seed)
        self.adam = self.new_adam()

    @torch.no_grad()
    def validate(self):
        losses = [self.loss(*pair) for pair in zip(self.val_noisy.split(1000), self.val_clean.split(1000))]
        return float(sum(losses) / len(losses))

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
