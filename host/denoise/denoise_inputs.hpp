#pragma once

#include <string>
#include <vector>

#include "host/denoise/denoise_plan.hpp"

namespace dae {

/// Finds the files that the inputs stand for: `jobs`, `failed` and `links` of a plan. Names are not checked.
DenoisePlan find_jobs(const std::vector<std::string>& inputs, const DenoiseOptions&);

}  // namespace dae
