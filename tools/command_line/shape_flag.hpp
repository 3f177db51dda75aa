#pragma once

#include <string_view>

#include "dae/shape.hpp"

namespace dae {

/// "28x28x1": height, width, channels. Throws UsageError naming the flag.
Shape parse_shape(std::string_view flag, std::string_view text);

}  // namespace dae
