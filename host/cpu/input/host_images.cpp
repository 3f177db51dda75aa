#include "host/cpu/input/host_images.hpp"

#include "host/cpu/input/crop.hpp"
#include "host/cpu/stages/retile.hpp"

namespace dae::cpu {
namespace {

void write(const Value& value, const Planes& to, const Kernels& kernels, int count, const float* from) {
  if (!value.halo) return write_lanes(kernels, from, count, to);
  clear(kernels, to);
  const std::size_t size = value.image().sample_size();
  for (int i = 0; i < count; ++i) write_image(kernels, from + static_cast<std::size_t>(i) * size, i, *value.halo, to);
}

}  // namespace

void write_images(const Network& network, const Block& block, int count, const float* in, const float* target) {
  const Value& input = *network.input;
  write(input, input.halo ? input.data->in(block.arena) : with_clean_border(block, *input.data), block.kernels, count,
        in);
  if (input.halo) input.exchange(block);
  if (target != nullptr) write(*network.output, network.target->in(block.arena), block.kernels, count, target);
}

void read_images(const Value& value, const Tensor& tensor, const Block& block, int count, float* to) {
  const ConstPlanes from = tensor.in(block.arena);
  if (!value.halo) return read_lanes(block.kernels, from, count, to);
  const std::size_t size = value.image().sample_size();
  for (int i = 0; i < count; ++i)
    read_image(block.kernels, from, i, *value.halo, to + static_cast<std::size_t>(i) * size);
}

}  // namespace dae::cpu
