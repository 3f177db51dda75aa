#pragma once

/// \file
/// The losses as plain data, each with its name. The kernels read this file too, so it includes nothing.
namespace dae {

/// Binary cross-entropy on the logits z before the final Sigmoid, which the graph must end in:
/// max(z, 0) - z t + log(1 + exp(-|z|)), mean over elements and samples; the value that Keras prints.
struct Bce {
  static constexpr auto name = "bce";
};

/// Mean of (y - t)^2 over elements and samples.
struct Mse {
  static constexpr auto name = "mse";
};

/// Mean of |y - t| over elements and samples; the gradient at 0 is 0.
struct L1 {
  static constexpr auto name = "l1";
};

/// Mean of sqrt((y - t)^2 + epsilon^2) over elements and samples: L1 without its kink (Charbonnier et al., "Two
/// deterministic half-quadratic regularization algorithms for computed imaging", ICIP 1994).
struct Charbonnier {
  static constexpr auto name = "charbonnier";
  float epsilon = 1e-3f;
};

/// 1 - SSIM, the mean over windows, channels and samples as host/graph/ssim.hpp defines it.
struct Ssim {
  static constexpr auto name = "ssim";
};

/// sum of y t over elements, mean over samples. Its gradient is the target itself, which makes any graph the test of
/// its own backward pass. Nothing is trained with it.
struct Dot {
  static constexpr auto name = "dot";
};

/// A template of all losses: a variant of them, or a device's table. Dot stays the last.
template <template <class...> class Of>
using OfLosses = Of<Bce, Mse, L1, Charbonnier, Ssim, Dot>;

}  // namespace dae
