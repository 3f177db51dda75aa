"""The presets and the small graphs of the parity tests. tests/support/parity_graphs.hpp declares the same in C++."""


class Graph:
    """Nodes in topological order; each is (layer, options, indices of its inputs). Node 0 is the input."""

    def __init__(self, *layers):
        self.nodes = [("Input", {}, [])]
        for layer in layers:
            self.add(*layer)

    def add(self, layer, options=None, inputs=None):
        self.nodes.append((layer, options or {}, [len(self.nodes) - 1] if inputs is None else inputs))
        return len(self.nodes) - 1


def conv(filters, kernel=3, padding="same"):
    return "Conv2d", {"filters": filters, "kernel": kernel, "padding": padding}


def dense(units):
    return "Dense", {"units": units}


def pool(size=2):
    return "MaxPool2d", {"size": size}


def up(factor=2):
    return "Upsample2d", {"factor": factor}


RELU, SIGMOID, FLATTEN = ("ReLU",), ("Sigmoid",), ("Flatten",)


def conv_dae_32():
    return Graph(conv(32), RELU, pool(), conv(32), RELU, pool(), conv(32), RELU, up(), conv(32), RELU, up(), conv(1),
                 SIGMOID)


def conv_dae_16():
    encoder = [layer for filters in (16, 8, 4, 4) for layer in (conv(filters), RELU, pool())]
    decoder = [layer for _ in range(4) for layer in (conv(8), RELU, up())]
    return Graph(*encoder, *decoder, conv(8, 5, "valid"), RELU, up(1), conv(1), SIGMOID)


def dense_dae():
    hidden = [layer for units in (128, 64, 32, 64, 128) for layer in (dense(units), RELU)]
    reshape = ("Reshape", {"height": 28, "width": 28, "channels": 1})
    return Graph(FLATTEN, *hidden, dense(784), reshape, SIGMOID)


def channels_flatten_dense():
    """Pins the canonical order: several channels on both sides of Flatten."""
    return Graph(conv(3), FLATTEN, dense(7))


def reshape_conv():
    """The way back: Reshape into several channels of a flat rectangle."""
    return Graph(FLATTEN, dense(2 * 5 * 3), ("Reshape", {"height": 2, "width": 5, "channels": 3}), conv(2))


def partial_pools():
    """Windows that reach over the edge: 7 to 4 by 2, then to 2 by 3."""
    return Graph(pool(2), pool(3))


def odd_kernels():
    """An even kernel's asymmetric padding, 5x5 valid and 1x1."""
    return Graph(conv(3, 4), conv(2, 5, "valid"), conv(3, 1), conv(1, 2))


def upsamplings():
    """Upsampling by 3, 2 and 1, each before a convolution of another kind."""
    return Graph(up(3), conv(2), up(2), conv(3, 5, "valid"), up(1), conv(2, 2))


def skips():
    """One node read three times; Concat, Add of three and Subtract of the input."""
    graph = Graph(conv(3), RELU)
    wide = graph.add(*conv(3), inputs=[2])
    both = graph.add("Concat", {}, [2, wide, 0])
    mixed = graph.add(*conv(3), inputs=[both])
    total = graph.add("Add", {}, [mixed, wide, 2])
    out = graph.add(*conv(2), inputs=[total])
    graph.add("Subtract", {}, [0, out])
    return graph


def sigmoid_inside():
    """Sigmoid as an ordinary layer, inside and at the end."""
    return Graph(conv(2), SIGMOID, conv(2), SIGMOID)


def squares():
    """Squares of pixels to channels and, of another size, back."""
    return Graph(("SpaceToDepth", {"block": 2}), conv(9), RELU, ("DepthToSpace", {"block": 3}))


def noise_map():
    """How strong the noise is, as a channel beside others."""
    graph = Graph(conv(2), RELU, ("NoiseMap",))
    graph.add("Concat", {}, [2, 3])
    graph.add(*conv(2))
    graph.add("Subtract", {}, [0, 5])
    return graph


def ffdnet_small():
    graph = Graph(("SpaceToDepth", {"block": 2}), ("NoiseMap",))
    graph.add("Concat", {}, [1, 2])
    for layer in [conv(64), RELU] * 7 + [conv(4), ("DepthToSpace", {"block": 2})]:
        graph.add(*layer)
    graph.add("Subtract", {}, [0, len(graph.nodes) - 1])
    return graph


def unet_small():
    graph = Graph()

    def block(*filters):
        for f in filters:
            graph.add(*conv(f))
            last = graph.add("ReLU")
        return last

    fine = block(16)
    graph.add(*pool())
    middle = block(32, 32)
    graph.add(*pool())
    block(64, 64)
    graph.add("Concat", {}, [middle, graph.add(*up())])
    block(32, 32)
    graph.add("Concat", {}, [fine, graph.add(*up())])
    block(16)
    graph.add("Subtract", {}, [0, graph.add(*conv(1))])
    return graph
