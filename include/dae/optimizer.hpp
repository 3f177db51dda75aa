#pragma once

#include <concepts>
#include <cstdint>
#include <utility>
#include <variant>

namespace dae {

/// Kingma and Ba, "Adam" (arXiv 1412.6980), in the form of section 2's last paragraph that Keras uses:
/// m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
/// p -= rate sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon). The scalar factor is computed in double.
struct Adam {
  static constexpr auto name = "adam";
  float rate = 1e-3f, beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-7f;
  friend bool operator==(const Adam&, const Adam&) = default;
};

/// Loshchilov and Hutter, "Decoupled weight decay regularization" (arXiv 1711.05101): p -= rate decay p, for weights
/// and biases alike, then Adam's step.
struct AdamW {
  static constexpr auto name = "adamw";
  float rate = 1e-3f, beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-7f, decay = 1e-2f;
  friend bool operator==(const AdamW&, const AdamW&) = default;
};

/// m = momentum m + g, p -= rate m: PyTorch's form, in which a change of the rate does not change the past. v is not
/// used and stays zero.
struct Sgd {
  static constexpr auto name = "sgd";
  float rate = 1e-2f, momentum = 0.9f;
  friend bool operator==(const Sgd&, const Sgd&) = default;
};

using Optimizer = std::variant<Adam, AdamW, Sgd>;

/// rate sqrt(1 - beta2^t) / (1 - beta1^t) for step t = 1, 2, ...
float step_size(const Adam&, std::uint64_t t);

/// The optimizer's learning rate.
float rate_of(const Optimizer&);
/// The same optimizer with another rate.
Optimizer with_rate(Optimizer, float rate);

/// How one training step uses its gradients. Everything here may change from step to step.
struct Update {
  Update() = default;
  template <class T>
  requires std::constructible_from<Optimizer, T> Update(T each)
      : optimizer(std::move(each)) {}  // NOLINT: an optimizer alone says it all

  Optimizer optimizer = Adam{};
  /// Above 0: where the Euclidean norm of all gradients together is larger, they are scaled down to it.
  float clip_norm = 0;
  /// Above 0: the State's averaged weights become decay average + (1 - decay) weights after the step.
  float average_decay = 0;
  friend bool operator==(const Update&, const Update&) = default;
};

}  // namespace dae
