#pragma once

#include "host/bench/bench.hpp"
#include "host/cpu/runtime/isa.hpp"

namespace dae {

/// Times a network on one picture in memory, cut into windows as `denoise` does.
BenchPicture time_picture(const cpu::Isa& isa, const std::string& model, int height, int width, int threads,
                          int rounds);

}  // namespace dae
