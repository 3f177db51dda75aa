#include <fmt/format.h>

#include <algorithm>

#include "dae/error.hpp"
#include "host/cpu/program.hpp"
#include "host/cpu/spread.hpp"

namespace dae::cpu {

void CpuProgram::predict_block(const CpuState& state, int worker, const float* in, int count, float* out) {
  const Network& network = *networks_.images;
  const Block block = block_of(state, arenas_[static_cast<std::size_t>(worker)], nullptr);
  write_lanes(kernels_, in, count, with_clean_border(block, *network.input->data));
  writer_->write_levels(block);
  network.forward(block);
  const Planes result = network.output->data->in(block.arena);
  if (network.sigmoid_in_loss) kernels_.sigmoid(result, result);
  read_lanes(kernels_, result, count, out);
}

void CpuProgram::predict_image(const CpuState& state, int worker, const float* in, float* out) {
  const Network& network = *networks_.tiles;
  const Block block = block_of(state, tile_arenas_[static_cast<std::size_t>(worker)], nullptr);
  if (network.levels != nullptr)
    std::fill_n(network.levels->in(block.arena).at, kernels_.lanes, noise_level(spec_.noise));
  write_tiles(kernels_, in, *network.input->seams, network.input->data->in(block.arena));
  network.input->mend(kernels_, block.arena);
  network.forward(block);
  const Planes result = network.output->data->in(block.arena);
  if (network.sigmoid_in_loss) kernels_.sigmoid(result, result);
  read_tiles(kernels_, result, *network.output->seams, out);
}

void CpuProgram::predict(const State& state, std::span<const float> in, std::span<float> out) {
  const std::size_t in_size = spec_.shape.sample_size(), out_size = networks_.any().output_shape.sample_size();
  const std::size_t images = in.size() / in_size;
  if (in.size() != images * in_size || out.size() != images * out_size)
    throw UsageError(fmt::format("predict: got {} input and {} output numbers; a sample has {} and {}", in.size(),
                                 out.size(), in_size, out_size));
  const CpuState& mine = prepared(state);
  const int count = static_cast<int>(images), blocks = networks_.blocks_of(count, kernels_.lanes, threads_.size());
  threads_.run(blocks + std::max(0, count - blocks * kernels_.lanes), [&](int job, int worker) {
    const int first = job < blocks ? job * kernels_.lanes : blocks * kernels_.lanes + job - blocks;
    const float* from = in.data() + static_cast<std::size_t>(first) * in_size;
    float* to = out.data() + static_cast<std::size_t>(first) * out_size;
    if (job < blocks)
      predict_block(mine, worker, from, std::min(kernels_.lanes, count - first), to);
    else
      predict_image(mine, worker, from, to);
  });
}

}  // namespace dae::cpu
