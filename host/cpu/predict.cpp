#include <fmt/format.h>

#include <algorithm>

#include "dae/error.hpp"
#include "host/cpu/input/host_images.hpp"
#include "host/cpu/program.hpp"

namespace dae::cpu {

void CpuProgram::predict_block(const Network& network, const Block& block, const float* in, int count, float* out) {
  const bool leads = block.member == 0;
  if (leads) {
    write_images(network, block.alone(), count, in, nullptr);
    write_level(network, block);
  }
  block.meet();
  for (const auto& stage : network.stages) stage->run(block);
  if (!leads) return;
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
  const auto run = [&](const Network& network, int first, int end) {
    const int each = network.images_at_once;
    run_jobs((end - first + each - 1) / each, network, mine, [&](int job, const Block& block, int) {
      const int begin = first + job * each;
      predict_block(network, block, in.data() + static_cast<std::size_t>(begin) * in_size, std::min(each, end - begin),
                    out.data() + static_cast<std::size_t>(begin) * out_size);
    });
  };
  if (in_lanes > 0) run(*networks_.images, 0, in_lanes);
  if (in_lanes < count) run(*networks_.tiles, in_lanes, count);
}

}  // namespace dae::cpu
