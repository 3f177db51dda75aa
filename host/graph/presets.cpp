#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "dae/error.hpp"
#include "dae/graph.hpp"
#include "host/graph/photo_presets.hpp"
#include "host/text/quote.hpp"
#include "host/text/suggest.hpp"

namespace dae {
namespace {

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
