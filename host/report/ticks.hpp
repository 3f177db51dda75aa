#pragma once

#include <vector>

/// \file
/// The values that a chart's axes mark: round numbers, 1, 2 or 5 times a power of ten apart.
namespace dae {

/// Multiples of 1, 2 or 5 times a power of ten from `low` to `high`, at most `count` distances of them.
std::vector<double> even_ticks(double low, double high, int count);

/// For a logarithmic axis, 0 < low < high: 1, 2 and 5 times powers of ten; fewer where the axis has many powers, and
/// even_ticks where it has not even one.
std::vector<double> logarithmic_ticks(double low, double high);

}  // namespace dae
