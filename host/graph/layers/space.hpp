#pragma once

#include <nlohmann/json.hpp>

#include "host/graph/layers/layer.hpp"
#include "host/text/option_reader.hpp"

namespace dae {

/// Both directions have one option, the same.
template <class Op>
struct SpaceLayer : LayerDefaults {
  static constexpr int largest = 64;

  static void check(const Op& op) { require_between("block", op.block, 1, largest); }
  static std::string idle(const Op& op, const Shape&) {
    return op.block == 1 ? "a block of one pixel stays as it is" : "";
  }
  static void write(const Op& op, nlohmann::json& out) { out["block"] = op.block; }
  static Op read(OptionReader& in) { return {in.integer("block", Op{}.block, 1, largest)}; }
};

template <>
struct Layer<SpaceToDepth> : SpaceLayer<SpaceToDepth> {
  static constexpr std::string_view type = "SpaceToDepth", keras = "SpaceToDepth", stem = "space_to_depth";
  static constexpr int most_channels = 1 << 19;

  static Shape output(const SpaceToDepth& op, std::span<const Shape> in) {
    Shape out = in[0];
    if (out.h % op.block != 0 || out.w % op.block != 0)
      throw ShapeError(
          fmt::format("got {}, wanted a height and width that are multiples of {}", to_string(in[0]), op.block));
    if (out.c > most_channels / (op.block * op.block))
      throw ShapeError(fmt::format("got {}, wanted fewer channels", to_string(in[0])));
    out.h /= op.block;
    out.w /= op.block;
    out.c *= op.block * op.block;
    return out;
  }
  static Reach reach(const SpaceToDepth& op) { return {.down = op.block}; }
};

template <>
struct Layer<DepthToSpace> : SpaceLayer<DepthToSpace> {
  static constexpr std::string_view type = "DepthToSpace", keras = "DepthToSpace", stem = "depth_to_space";

  static Shape output(const DepthToSpace& op, std::span<const Shape> in) {
    Shape out = in[0];
    if (out.c % (op.block * op.block) != 0)
      throw ShapeError(
          fmt::format("got {}, wanted channels that are a multiple of {}", to_string(in[0]), op.block * op.block));
    out.h *= op.block;
    out.w *= op.block;
    out.c /= op.block * op.block;
    return out;
  }
  static Reach reach(const DepthToSpace& op) { return {.up = op.block}; }
};

}  // namespace dae
