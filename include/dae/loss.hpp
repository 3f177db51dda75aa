#pragma once

#include <cstddef>
#include <variant>

#include "dae/shape.hpp"

namespace dae {

/// Binary cross-entropy on the logits z before the final Sigmoid, which the graph must end in:
/// max(z, 0) - z t + log(1 + exp(-|z|)), mean over elements and samples; the value that Keras prints.
struct Bce {};

/// Mean of (y - t)^2 over elements and samples.
struct Mse {};

/// Mean of |y - t| over elements and samples; the gradient at 0 is 0.
struct L1 {};

/// Mean of sqrt((y - t)^2 + epsilon^2) over elements and samples: L1 without its kink (Charbonnier et al., "Two
/// deterministic half-quadratic regularization algorithms for computed imaging", ICIP 1994).
struct Charbonnier {
  float epsilon = 1e-3f;
};

/// 1 - SSIM, the mean over windows, channels and samples as host/graph/ssim.hpp defines it.
struct Ssim {};

/// sum of y t over elements, mean over samples. Its gradient is the target itself, which makes any graph the test of
/// its own backward pass.
struct Dot {};

using Loss = std::variant<Bce, Mse, Dot, L1, Charbonnier, Ssim>;

/// Terms that a sample's loss is the mean of: elements of the output, windows under Ssim, 1 under Dot.
std::size_t loss_terms(const Loss&, const Shape& output);

}  // namespace dae
