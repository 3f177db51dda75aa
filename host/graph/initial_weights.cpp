#include "host/graph/initial_weights.hpp"

#include <cmath>

#include "host/noise/philox.hpp"

namespace dae {

std::vector<float> initial_weights(const Graph& graph, const Shape& sample, std::uint64_t seed) {
  const std::vector<Parameter> all = parameters(graph, sample);
  std::vector<float> weights(parameter_count(all), 0.0f);
  for (std::uint32_t p = 0; p < all.size(); ++p) {
    if (all[p].fan_in == 0) continue;
    const double limit = std::sqrt(6.0 / (double(all[p].fan_in) + double(all[p].fan_out)));
    Words words{};
    for (std::size_t i = 0; i < all[p].size; ++i) {
      if (i % 4 == 0) words = random_words(seed, RngStream::weights, 0, p, static_cast<std::uint32_t>(i / 4));
      weights[all[p].offset + i] = static_cast<float>((2 * unit(words[i % 4]) - 1) * limit);
    }
  }
  return weights;
}

}  // namespace dae
