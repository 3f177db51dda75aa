#include "dae/optimizer.hpp"

#include <cmath>

namespace dae {

float step_size(const Adam& adam, std::uint64_t t) {
  const double steps = static_cast<double>(t);
  const double correction =
      std::sqrt(1 - std::pow(double{adam.beta2}, steps)) / (1 - std::pow(double{adam.beta1}, steps));
  return static_cast<float>(double{adam.rate} * correction);
}

float rate_of(const Optimizer& optimizer) {
  return std::visit([](const auto& each) { return each.rate; }, optimizer);
}

Optimizer with_rate(Optimizer optimizer, float rate) {
  std::visit([rate](auto& each) { each.rate = rate; }, optimizer);
  return optimizer;
}

}  // namespace dae
