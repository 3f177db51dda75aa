#pragma once

#include <exception>

/// \file
/// docs/exit-codes.md explains them.
namespace dae::exit_code {

inline constexpr int ok = 0, internal = 1, usage = 2, input = 3, output = 4, device = 5, memory = 6, diverged = 7,
                     stopped = 130;

/// The code for an exception that reached the top.
int of(const std::exception_ptr&);

}  // namespace dae::exit_code
