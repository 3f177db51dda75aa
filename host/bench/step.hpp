#pragma once

#include "host/bench/bench.hpp"
#include "host/cpu/runtime/isa.hpp"

namespace dae {

/// What steps and predictions are timed on.
inline constexpr Shape digit{1, 28, 28, 1};

/// Times a training step and a prediction of a batch of synthetic digits, on the CPU with its peak and on any device.
BenchResult time_steps(const cpu::Isa& isa, const std::string& model, int batch, int threads, int rounds);
BenchResult time_steps(Device& device, const std::string& model, int batch, const BenchRequest& request);

}  // namespace dae
