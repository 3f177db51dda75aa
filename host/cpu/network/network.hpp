#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "dae/device.hpp"
#include "host/cpu/network/tiling_plan.hpp"
#include "host/cpu/stages/loss.hpp"
#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

/// A graph at one shape as stages, with every tensor placed: for blocks with an image in each lane, or with fewer
/// images, each spread over as many lanes in tiles.
struct Network {
  /// `images_at_once`: images of a block, as many as there are lanes or a divisor of that.
  /// Throws GraphError and ShapeError.
  Network(const Graph& graph, const Spec& spec, int lanes, int images_at_once);

  int images_at_once;
  Layout layout;
  std::deque<Value> values;
  std::vector<std::unique_ptr<Stage>> stages;
  Value* input = nullptr;
  Value* output = nullptr;  ///< Before the final Sigmoid where the loss has taken it in.
  Shape output_shape;
  Tensor* target = nullptr;  ///< The output's shape. Target and loss are missing where a Spec only predicts.
  Tensor* pixels = nullptr;  ///< An image on its way into tiles; null where lanes are images.
  Tensor* levels = nullptr;  ///< One number a lane, how strong its noise is; null where no layer asks.
  std::optional<LossPass> loss;
  bool sigmoid_in_loss = false;
  std::size_t arena_floats = 0, packed_floats = 0, parameters = 0;
  double cost = 0, block_cost = 0;  ///< See TilingPlan; 0 where lanes are images.
  double cost_of_sharing = 0;       ///< See WorkSplit.
};

}  // namespace dae::cpu
