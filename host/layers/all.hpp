#pragma once

#include "host/layers/activation.hpp"
#include "host/layers/conv2d.hpp"
#include "host/layers/dense.hpp"
#include "host/layers/input.hpp"
#include "host/layers/merge.hpp"
#include "host/layers/noise_map.hpp"
#include "host/layers/reshape.hpp"
#include "host/layers/resize.hpp"
#include "host/layers/space.hpp"

namespace dae {

/// Calls f(op, Layer<Op>{}) for the op that a variant holds.
template <class F>
decltype(auto) with_layer(const Op& op, F&& f) {
  return std::visit([&]<class T>(const T& each) -> decltype(auto) { return f(each, Layer<T>{}); }, op);
}

}  // namespace dae
