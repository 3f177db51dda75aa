#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "dae/error.hpp"
#include "dae/graph.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

Graph start(const char* name, int channels) {
  Graph graph{channels == 1 ? name : std::string(name) + "-colour", {}};
  graph.append(Input{});
  return graph;
}

int conv_relu(Graph& graph, int filters) {
  graph.append(Conv2d{filters});
  return graph.append(ReLU{});
}

/// The input without what the last node holds.
Graph without_noise(Graph graph) {
  const int noise = static_cast<int>(graph.nodes.size()) - 1;
  graph.append(Subtract{}, {0, noise});
  return graph;
}

/// `convolutions` in all, the last one to `out` channels and without a ReLU.
void body(Graph& graph, int convolutions, int filters, int out) {
  for (int i = 1; i < convolutions; ++i) conv_relu(graph, filters);
  graph.append(Conv2d{out});
}

// Networks for photos of any size; `channels` is 1 for grey and 3 for colour.

/// Zhang et al., "Beyond a Gaussian denoiser" (arXiv 1608.03981): 17 convolutions of 64 channels that estimate the
/// noise, which is subtracted from the input. Without batch normalisation, which is a part of the weights once trained.
Graph dncnn(int channels) {
  Graph graph = start("dncnn", channels);
  body(graph, 17, 64, channels);
  return without_noise(std::move(graph));
}

/// The same with 8 convolutions of 32 channels: a sixteenth of the arithmetic.
Graph dncnn_small(int channels) {
  Graph graph = start("dncnn-small", channels);
  body(graph, 8, 32, channels);
  return without_noise(std::move(graph));
}

/// After Zhang, Zuo and Zhang, "FFDNet" (arXiv 1710.04026): the convolutions run at half the resolution, on the four
/// pixels of a square as channels, and see how strong the noise is. Like dncnn it estimates the noise.
Graph ffdnet_small(int channels) {
  Graph graph = start("ffdnet-small", channels);
  const int squares = graph.append(SpaceToDepth{2});
  const int map = graph.append(NoiseMap{});
  graph.append(Concat{}, {squares, map});
  body(graph, 8, 64, 4 * channels);
  graph.append(DepthToSpace{2});
  return without_noise(std::move(graph));
}

/// After Ronneberger, Fischer and Brox, "U-Net" (arXiv 1505.04597): three levels of resolution, joined by skips. It
/// estimates the noise too. Height and width are multiples of 4.
Graph unet_small(int channels) {
  Graph graph = start("unet-small", channels);
  const int fine = conv_relu(graph, 16);
  graph.append(MaxPool2d{2});
  conv_relu(graph, 32);
  const int middle = conv_relu(graph, 32);
  graph.append(MaxPool2d{2});
  conv_relu(graph, 64);
  conv_relu(graph, 64);
  const int from_coarse = graph.append(Upsample2d{2});
  graph.append(Concat{}, {middle, from_coarse});
  conv_relu(graph, 32);
  conv_relu(graph, 32);
  const int from_middle = graph.append(Upsample2d{2});
  graph.append(Concat{}, {fine, from_middle});
  conv_relu(graph, 16);
  graph.append(Conv2d{channels});
  return without_noise(std::move(graph));
}

/// Builds a plain chain, layer after layer.
class Chain {
 public:
  explicit Chain(std::string_view name) {
    graph_.name = name;
    graph_.append(Input{});
  }
  Chain& conv(int filters, int kernel = 3, Padding padding = Padding::same) {
    graph_.append(Conv2d{filters, kernel, padding});
    return *this;
  }
  Chain& dense(int units) { return add(Dense{units}); }
  Chain& relu() { return add(ReLU{}); }
  Chain& pool() { return add(MaxPool2d{2}); }
  Chain& up(int factor = 2) { return add(Upsample2d{factor}); }
  Chain& add(Op op) {
    graph_.append(std::move(op));
    return *this;
  }
  Graph sigmoid() {
    graph_.append(Sigmoid{});
    return std::move(graph_);
  }

 private:
  Graph graph_;
};

// One line a block shows the architecture.
// clang-format off

/// The network whose summary and losses the notebook shows: 28,353 parameters.
Graph conv_dae_32() {
  return Chain("conv-dae-32")
      .conv(32).relu().pool()
      .conv(32).relu().pool()
      .conv(32).relu().up()
      .conv(32).relu().up()
      .conv(1)
      .sigmoid();
}

/// The network that the notebook's program builds: 28, 14, 7, 4, 2 and back to 32, cut to 28 by a valid 5x5 kernel.
Graph conv_dae_16() {
  return Chain("conv-dae-16")
      .conv(16).relu().pool()
      .conv(8).relu().pool()
      .conv(4).relu().pool()
      .conv(4).relu().pool()
      .conv(8).relu().up()
      .conv(8).relu().up()
      .conv(8).relu().up()
      .conv(8).relu().up()
      .conv(8, 5, Padding::valid).relu().up(1)
      .conv(1)
      .sigmoid();
}

Graph dense_dae() {
  return Chain("dense-dae")
      .add(Flatten{})
      .dense(128).relu()
      .dense(64).relu()
      .dense(32).relu()
      .dense(64).relu()
      .dense(128).relu()
      .dense(784)
      .add(Reshape{28, 28, 1})
      .sigmoid();
}

// clang-format on

struct Preset {
  std::string_view name;
  Graph (*make)();
};

template <Graph (*make)(int)>
Graph grey() {
  return make(1);
}

template <Graph (*make)(int)>
Graph colour() {
  return make(3);
}

constexpr std::array presets{Preset{"conv-dae-32", conv_dae_32},
                             Preset{"conv-dae-16", conv_dae_16},
                             Preset{"dense-dae", dense_dae},
                             Preset{"dncnn", grey<dncnn>},
                             Preset{"dncnn-colour", colour<dncnn>},
                             Preset{"dncnn-small", grey<dncnn_small>},
                             Preset{"dncnn-small-colour", colour<dncnn_small>},
                             Preset{"ffdnet-small", grey<ffdnet_small>},
                             Preset{"ffdnet-small-colour", colour<ffdnet_small>},
                             Preset{"unet-small", grey<unet_small>},
                             Preset{"unet-small-colour", colour<unet_small>}};

constexpr auto names = [] {
  std::array<std::string_view, presets.size()> all;
  for (std::size_t i = 0; i < presets.size(); ++i) all[i] = presets[i].name;
  return all;
}();

}  // namespace

std::span<const std::string_view> preset_names() { return names; }

int preset_channels(std::string_view name) { return name.ends_with("-colour") ? 3 : 1; }

Graph preset(std::string_view name) {
  for (const Preset& each : presets)
    if (each.name == name) return each.make();
  throw UsageError(fmt::format("unknown model {}{}; use {} or a JSON file", quote(name), did_you_mean(name, names),
                               fmt::join(names, ", ")));
}

}  // namespace dae
