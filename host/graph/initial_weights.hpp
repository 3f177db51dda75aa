#pragma once

#include <cstdint>
#include <vector>

#include "dae/graph.hpp"

namespace dae {

/// Glorot and Bengio's uniform initialisation (AISTATS 2010, equation 16), as Keras': weights from (-l, l) with
/// l = sqrt(6 / (fan_in + fan_out)), biases 0, in canonical order. Word i of parameter p is Philox at
/// (i / 4, 0, p, RngStream::weights), so the same seed gives the same weights on every device.
std::vector<float> initial_weights(const Graph&, const Shape& sample, std::uint64_t seed);

}  // namespace dae
