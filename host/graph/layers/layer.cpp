#include "host/graph/layers/layer.hpp"

namespace dae {

void require_between(std::string_view option, int value, int low, int high) {
  if (value < low || value > high)
    throw GraphError(fmt::format("{} is {}, must be between {} and {}", option, value, low, high));
}

void require_alike(std::span<const Shape> in, bool any_channels) {
  for (const Shape& other : in) {
    const bool same = other.h == in[0].h && other.w == in[0].w && (any_channels || other.c == in[0].c);
    if (!same)
      throw ShapeError(fmt::format("got {}, wanted {} as its first input", to_string(other), to_string(in[0])));
  }
}

void require_vector(const Shape& in) {
  if (in.h != 1 || in.w != 1)
    throw ShapeError(
        fmt::format("got {}, wanted a vector 1x1x{}; put a Flatten before it", to_string(in), in.sample_size()));
}

}  // namespace dae
