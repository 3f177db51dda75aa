#pragma once

#include "host/graph/layers/activation.hpp"
#include "host/graph/layers/conv2d.hpp"
#include "host/graph/layers/dense.hpp"
#include "host/graph/layers/input.hpp"
#include "host/graph/layers/merge.hpp"
#include "host/graph/layers/noise_map.hpp"
#include "host/graph/layers/reshape.hpp"
#include "host/graph/layers/resize.hpp"
#include "host/graph/layers/space.hpp"

namespace dae {

/// Calls f(op, Layer<Op>{}) for the op that a variant holds.
template <class F>
decltype(auto) with_layer(const Op& op, F&& f) {
  return std::visit([&]<class T>(const T& each) -> decltype(auto) { return f(each, Layer<T>{}); }, op);
}

}  // namespace dae
