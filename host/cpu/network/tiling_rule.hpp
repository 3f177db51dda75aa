#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "dae/graph.hpp"
#include "host/cpu/layout/lane_tiling.hpp"
#include "host/cpu/network/fusion_plan.hpp"

namespace dae::cpu {

/// The tilings that the stages of a graph can read, and those of their results.
class TilingRule {
 public:
  TilingRule(const Graph& graph, std::span<const Shape> shapes, const FusionPlan& fusions)
      : graph_(graph), shapes_(shapes), fusions_(fusions) {}

  /// The shape that the layer's stage reads as its output: before an upsampling that it takes in.
  [[nodiscard]] const Shape& source(std::size_t node) const {
    return shapes_[fusions_.only_convolved(node) ? static_cast<std::size_t>(graph_.nodes[node].inputs[0]) : node];
  }
  [[nodiscard]] const Shape& input_shape(std::size_t node) const {
    return source(static_cast<std::size_t>(graph_.nodes[node].inputs[0]));
  }
  [[nodiscard]] int upsampling(std::size_t node) const {
    const auto before = static_cast<std::size_t>(graph_.nodes[node].inputs[0]);
    return fusions_.only_convolved(before) ? std::get<Upsample2d>(graph_.nodes[before].op).factor : 1;
  }
  /// The tiling of the result of the stage that begins with `node`, or nothing if it cannot read `in`.
  [[nodiscard]] std::optional<LaneTiling> result(std::size_t node, const LaneTiling& in) const;

 private:
  /// One dimension of a layer: tiles of `tile` pixels of an image of `in` pixels.
  struct Length {
    int parts, tile, in, out;
  };
  [[nodiscard]] bool never_negative(std::size_t node) const;
  /// The tile of the result; 0 where there is none.
  [[nodiscard]] int tile_after(std::size_t node, const Length& length) const;

  const Graph& graph_;
  std::span<const Shape> shapes_;
  const FusionPlan& fusions_;
};

}  // namespace dae::cpu
