#pragma once

#include <nlohmann/json.hpp>

#include "host/graph/layers/layer.hpp"
#include "host/text/option_reader.hpp"

namespace dae {

template <>
struct Layer<Input> : LayerDefaults {
  static constexpr std::string_view type = "Input", keras = "InputLayer", stem = "input";
  static constexpr int least_inputs = 0, most_inputs = 0;
  static Input read(OptionReader&) { return {}; }
};

}  // namespace dae
