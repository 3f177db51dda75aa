#pragma once

#include "host/bench/bench.hpp"
#include "host/cpu/isa.hpp"

namespace dae {

/// What steps and predictions are timed on.
inline constexpr Shape digit{1, 28, 28, 1};

/// Times a training step and a prediction of a batch of synthetic digits.
BenchResult time_steps(const cpu::Isa& isa, const std::string& model, int batch, int threads, int rounds);

}  // namespace dae
