#pragma once

#include <string>

#include "dae/device.hpp"

namespace dae::test {

/// A graph, an input and what the naive network makes of them: output, loss Dot with random targets, and the
/// derivatives of that loss with respect to some weights and inputs and along two random directions through all of
/// them.
class GradientCheck {
 public:
  GradientCheck(Graph graph, Shape shape);

  /// Holds a device's predict and gradient to it, also in a program for large batches.
  void run(Device& device) const;

 private:
  void run(Device& device, int batch) const;
  struct Derivative {
    bool of_input;
    std::size_t index;
    double value;
  };
  [[nodiscard]] double loss(std::span<const double> in, std::span<const double> weights) const;
  [[nodiscard]] double slope(const std::vector<double>& d_in, const std::vector<double>& d_weights) const;

  Graph graph_;
  Shape shape_;
  std::vector<double> in_, target_, weights_, output_;
  std::vector<double> in_direction_, weight_direction_;
  std::vector<Derivative> derivatives_;
  double along_in_ = 0, along_weights_ = 0;
};

}  // namespace dae::test
