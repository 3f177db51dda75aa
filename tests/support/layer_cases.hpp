#pragma once

#include <vector>

#include "tests/support/graphs.hpp"

namespace dae::test {

/// The table of gradient checks: every layer alone and the pairs that the devices fuse, with odd channels and sizes.
std::vector<fixture::Case> layer_cases();

/// Graphs that branch and join, for the same checks.
std::vector<fixture::Case> branching_cases();

}  // namespace dae::test
