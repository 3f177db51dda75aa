#pragma once

#include <cstddef>

namespace dae::cpu {

/// Bytes of memory that this process can hope for: the machine's, or its control group's limit if that is smaller.
std::size_t available_memory();

}  // namespace dae::cpu
