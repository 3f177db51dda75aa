#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "dae/device.hpp"
#include "host/cpu/loss.hpp"
#include "host/cpu/stage.hpp"

namespace dae::cpu {

/// A graph at one shape as stages, with every tensor placed.
struct Network {
  /// Throws GraphError and ShapeError.
  Network(const Graph& graph, const Spec& spec, int lanes);

  Layout layout;
  std::deque<Value> values;
  std::vector<std::unique_ptr<Stage>> stages;
  Value* input = nullptr;
  Value* output = nullptr;   ///< Before the final Sigmoid where the loss has taken it in.
  Tensor* target = nullptr;  ///< Of the output's shape.
  Tensor* levels = nullptr;  ///< One number a lane, how strong its noise is; null where no layer asks.
  std::optional<LossPass> loss;
  bool sigmoid_in_loss = false;
  std::size_t arena_floats = 0, packed_floats = 0, parameters = 0;
};

}  // namespace dae::cpu
