#pragma once

#include "host/cpu/network/network.hpp"

namespace dae::cpu {

/// Copies `count` images of host memory (n, h, w, c), and unless null their targets, into the first lanes of a block,
/// or into the tiles of its first images. What no image has becomes zero.
void write_images(const Network& network, const Block& block, int count, const float* in, const float* target);
/// Copies `count` images of a value, or of its gradient, to host memory.
void read_images(const Value& value, const Tensor& tensor, const Block& block, int count, float* to);

}  // namespace dae::cpu
