#pragma once

#include <driver_types.h>

#include <cstddef>
#include <string>

/// \file
/// What every faked call of the runtime begins and ends with.
namespace cusim {

/// Keeps the error for cudaGetLastError and returns it.
cudaError_t failed(cudaError_t error);

void count_work(const std::string& name, std::size_t bytes);

}  // namespace cusim

/// First line of every faked call of the runtime but those that only read an error.
#define CUSIM_CALL(name) \
  if (const auto asked_for = cusim::begin_call(name)) return cusim::failed(static_cast<cudaError_t>(*asked_for))
