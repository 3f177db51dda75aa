#pragma once

#include <variant>

namespace dae {

/// Binary cross-entropy on the logits z before the final Sigmoid, which the graph must end in:
/// max(z, 0) - z t + log(1 + exp(-|z|)), mean over elements and samples; the value that Keras prints.
struct Bce {};

/// Mean of (y - t)^2 over elements and samples.
struct Mse {};

/// sum of y t over elements, mean over samples. Its gradient is the target itself, which makes any graph the test of
/// its own backward pass.
struct Dot {};

using Loss = std::variant<Bce, Mse, Dot>;

}  // namespace dae
