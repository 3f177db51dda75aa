#pragma once

#include <span>
#include <vector>

#include "dae/graph.hpp"

namespace dae::test {

/// A batch in host order (n, h, w, c), in double.
struct Images {
  Shape shape;
  std::vector<double> values;

  [[nodiscard]] double& at(int n, int y, int x, int c) {
    return values[static_cast<std::size_t>(((n * shape.h + y) * shape.w + x) * shape.c + c)];
  }
  [[nodiscard]] double at(int n, int y, int x, int c) const {
    return values[static_cast<std::size_t>(((n * shape.h + y) * shape.w + x) * shape.c + c)];
  }
};

/// The graph's output, written for the eye: one loop nest an op, in double, with weights in canonical order. What the
/// devices' forward passes are held to, and, by differences, their gradients.
Images naive_output(const Graph& graph, const Images& in, std::span<const double> weights, double noise_level = 0);

}  // namespace dae::test
