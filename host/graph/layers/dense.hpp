#pragma once

#include <nlohmann/json.hpp>

#include "host/graph/layers/layer.hpp"
#include "host/text/option_reader.hpp"

namespace dae {

template <>
struct Layer<Dense> : LayerDefaults {
  static constexpr std::string_view type = "Dense", keras = "Dense", stem = "dense";
  static constexpr int most_units = 1 << 20;

  static void check(const Dense& op) { require_between("units", op.units, 1, most_units); }
  static Shape output(const Dense& op, std::span<const Shape> in) {
    require_vector(in[0]);
    return {in[0].n, 1, 1, op.units};
  }
  static std::vector<Weight> weights(const Dense& op, const Shape& in) {
    return {{"weight", {op.units, in.c}, in.c, op.units}, {"bias", {op.units}}};
  }
  static std::uint64_t multiply_adds(const Dense& op, const Shape& in, const Shape&) {
    return static_cast<std::uint64_t>(op.units) * static_cast<std::uint64_t>(in.c);
  }
  static Reach reach(const Dense&) { return {.one_size = "it has one weight for every input element"}; }
  static void write(const Dense& op, nlohmann::json& out) { out["units"] = op.units; }
  static Dense read(OptionReader& in) { return {in.integer("units", Dense{}.units, 1, most_units)}; }
};

}  // namespace dae
