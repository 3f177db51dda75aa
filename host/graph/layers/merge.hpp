#pragma once

#include <nlohmann/json.hpp>

#include "host/graph/layers/layer.hpp"
#include "host/text/option_reader.hpp"

namespace dae {

/// Enough for any skip connection, few enough for a device to pass by value.
inline constexpr int most_merged = 16;

template <>
struct Layer<Add> : LayerDefaults {
  static constexpr std::string_view type = "Add", keras = "Add", stem = "add";
  static constexpr int least_inputs = 2, most_inputs = most_merged;

  static Shape output(const Add&, std::span<const Shape> in) {
    require_alike(in, false);
    return in[0];
  }
  static Add read(OptionReader&) { return {}; }
};

template <>
struct Layer<Subtract> : LayerDefaults {
  static constexpr std::string_view type = "Subtract", keras = "Subtract", stem = "subtract";
  static constexpr int least_inputs = 2, most_inputs = 2;

  static Shape output(const Subtract&, std::span<const Shape> in) {
    require_alike(in, false);
    return in[0];
  }
  static Subtract read(OptionReader&) { return {}; }
};

template <>
struct Layer<Concat> : LayerDefaults {
  static constexpr std::string_view type = "Concat", keras = "Concatenate", stem = "concat";
  static constexpr int least_inputs = 2, most_inputs = most_merged;

  static Shape output(const Concat&, std::span<const Shape> in) {
    require_alike(in, true);
    Shape out = in[0];
    for (const Shape& other : in.subspan(1)) out.c += other.c;
    return out;
  }
  static Concat read(OptionReader&) { return {}; }
};

}  // namespace dae
