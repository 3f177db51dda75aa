#include <fmt/format.h>

#include <algorithm>

#include "dae/error.hpp"
#include "host/cpu/host_images.hpp"
#include "host/cpu/program.hpp"

namespace dae::cpu {

void CpuProgram::predict_block(const Network& network, const CpuState& state, int worker, const float* in, int count,
                               float* out) {
  const Block block = block_of(network, state, worker, nullptr);
  write_images(network, block, count, in, nullptr);
  write_level(network, block);
  network.forward(block);
  const Planes result = network.output->data->in(block.arena);
  if (network.sigmoid_in_loss) kernels_.sigmoid(result, result);
  read_images(*network.output, *network.output->data, block, count, out);
}

void CpuProgram::predict(const State& state, std::span<const float> in, std::span<float> out) {
  const std::size_t in_size = spec_.shape.sample_size(), out_size = networks_.any().output_shape.sample_size();
  const std::size_t images = in.size() / in_size;
  if (in.size() != images * in_size || out.size() != images * out_size)
    throw UsageError(fmt::format("predict: got {} input and {} output numbers; a sample has {} and {}", in.size(),
                                 out.size(), in_size, out_size));
  const CpuState& mine = prepared(state);
  const int count = static_cast<int>(images), blocks = networks_.blocks_of(count, kernels_.lanes, threads_.size());
  const int in_lanes = std::min(count, blocks * kernels_.lanes);
  const int each = networks_.tiles ? networks_.tiles->images_at_once : 1;
  threads_.run(blocks + (count - in_lanes + each - 1) / each, [&](int job, int worker) {
    const bool tiles = job >= blocks;
    const Network& network = tiles ? *networks_.tiles : *networks_.images;
    const int first = tiles ? in_lanes + (job - blocks) * each : job * kernels_.lanes;
    const int end = std::min(tiles ? count : in_lanes, first + network.images_at_once);
    predict_block(network, mine, worker, in.data() + static_cast<std::size_t>(first) * in_size, end - first,
                  out.data() + static_cast<std::size_t>(first) * out_size);
  });
}

}  // namespace dae::cpu
