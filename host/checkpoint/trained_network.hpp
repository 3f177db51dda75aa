#pragma once

#include <memory>

#include "dae/device.hpp"
#include "host/checkpoint/checkpoint.hpp"

namespace dae {

/// A checkpoint's network on a device, ready to evaluate and to predict.
struct TrainedNetwork {
  std::unique_ptr<State> state;
  std::unique_ptr<Program> program;
};

/// Throws ShapeError when the graph does not turn an image of this size into one of the same size.
void check_denoiser(const Graph&, const Shape& sample);

/// `batch` images a pass, of the size that it was trained on. Evaluation draws `noise`.
/// Throws what check_denoiser and Device::compile throw.
TrainedNetwork load_network(Device&, const Checkpoint&, const NoiseRecipe& noise, int batch, const Computation& = {});

}  // namespace dae
