#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dae/graph.hpp"
#include "host/cpu/layout/lane_tiling.hpp"
#include "host/cpu/network/fusion_plan.hpp"

namespace dae::cpu {

/// A tiling for every layer of a graph. A layer keeps its input's tiling where the tiles' edges allow it, else the
/// image is spread anew before it. Every layer's result is that of the image in one lane, bit for bit: the same sums in
/// the same order, only in other lanes. A fixed rule of graph, shape and lanes.
class TilingPlan {
 public:
  struct Layer {
    LaneTiling in, out;  ///< The tilings of the inputs of the stage that begins with this layer, and of its result.
  };

  TilingPlan(const Graph& graph, std::span<const Shape> shapes, const FusionPlan& fusions, int lanes);

  [[nodiscard]] const LaneTiling& input() const { return layers_.front().out; }
  [[nodiscard]] const Layer& layer(std::size_t node) const { return layers_[node]; }
  /// About what the image takes, and what a block with an image in each lane does, in multiply-adds of registers.
  [[nodiscard]] double cost() const { return cost_; }
  [[nodiscard]] double block_cost() const { return block_cost_; }

 private:
  std::vector<Layer> layers_;
  double cost_ = 0, block_cost_ = 0;
};

}  // namespace dae::cpu
