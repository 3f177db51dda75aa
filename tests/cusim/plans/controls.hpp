#pragma once

#include <cstddef>

namespace dae::plans {

/// Negative controls: what cuDNN or the plan cache must refuse. Each prints its outcome; returns how many failed.
std::size_t failed_controls();
std::size_t failed_pooling_controls();

}  // namespace dae::plans
