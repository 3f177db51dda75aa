#pragma once

#include <cstdint>
#include <variant>

namespace dae {

/// Kingma and Ba, "Adam" (arXiv 1412.6980), in the form of section 2's last paragraph that Keras uses:
/// m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
/// p -= rate sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon). The scalar factor is computed in double.
struct Adam {
  float rate = 1e-3f, beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-7f;
  friend bool operator==(const Adam&, const Adam&) = default;
};

using Optimizer = std::variant<Adam>;

/// rate sqrt(1 - beta2^t) / (1 - beta1^t) for step t = 1, 2, ...
float step_size(const Adam&, std::uint64_t t);

}  // namespace dae
