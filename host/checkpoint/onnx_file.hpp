#pragma once

#include <string>

#include "host/checkpoint/checkpoint.hpp"

namespace dae {

/// The network as an ONNX model (opset 13, float32, NCHW), in bytes. Its input is "input" and its output "output"; the
/// batch is free, and so are height and width where the graph takes any size. Dimensions are named batch, height,
/// width. Throws GraphError for a checkpoint whose graph does not fit its sample.
std::string encode_onnx(const Checkpoint& checkpoint);

}  // namespace dae
