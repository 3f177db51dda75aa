#pragma once

#include <nlohmann/json.hpp>

#include "host/graph/layers/layer.hpp"
#include "host/text/option_reader.hpp"

namespace dae {

template <>
struct Layer<NoiseMap> : LayerDefaults {
  static constexpr std::string_view type = "NoiseMap", keras = "NoiseMap", stem = "noise_map";

  static Shape output(const NoiseMap&, std::span<const Shape> in) { return {in[0].n, in[0].h, in[0].w, 1}; }
  static NoiseMap read(OptionReader&) { return {}; }
};

}  // namespace dae
