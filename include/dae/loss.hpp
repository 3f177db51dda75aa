#pragma once

#include <cstddef>
#include <variant>

#include "dae/loss_kinds.hpp"
#include "dae/shape.hpp"

namespace dae {

using Loss = OfLosses<std::variant>;

/// Terms that a sample's loss is the mean of: elements of the output, windows under Ssim, 1 under Dot.
std::size_t loss_terms(const Loss&, const Shape& output);

}  // namespace dae
