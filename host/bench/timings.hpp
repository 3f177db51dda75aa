#pragma once

#include "host/bench/bench.hpp"
#include "host/cpu/runtime/isa.hpp"

namespace dae {

/// The image that steps and predictions are timed on: of 28 x 28 pixels, grey or in colour as the graph wants it.
/// Throws ShapeError when it is no denoiser of such images.
Shape bench_sample(const Graph& graph);

/// Times a training step and a prediction of a batch of synthetic images, on the CPU with its peak and on any device.
/// The loss is the usual one of the network.
BenchResult time_steps(const cpu::Isa& isa, const std::string& model, int batch, int threads, int rounds);
BenchResult time_steps(Device& device, const std::string& model, int batch, const BenchRequest& request);

/// Times a network on one picture in memory, cut into windows as `denoise` does.
BenchPicture time_picture(const cpu::Isa& isa, const std::string& model, int height, int width, int threads,
                          int rounds);

}  // namespace dae
