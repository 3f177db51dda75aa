#pragma once

#include <nlohmann/json.hpp>

#include "host/graph/layers/layer.hpp"
#include "host/text/option_reader.hpp"

namespace dae {

template <>
struct Layer<ReLU> : LayerDefaults {
  static constexpr std::string_view type = "ReLU", keras = "ReLU", stem = "relu";
  static ReLU read(OptionReader&) { return {}; }
};

template <>
struct Layer<Sigmoid> : LayerDefaults {
  static constexpr std::string_view type = "Sigmoid", keras = "Sigmoid", stem = "sigmoid";
  static Sigmoid read(OptionReader&) { return {}; }
};

}  // namespace dae
