#include "host/cpu/batch_pass.hpp"

#include <algorithm>

#include "host/cpu/input/host_images.hpp"

namespace dae::cpu {
namespace {

// Enough groups for as many threads; more would only cost memory, a gradient of the whole model each.
constexpr int most_groups = 64, least_groups = 8;
constexpr std::size_t gradient_bytes = std::size_t{128} << 20;

const RangeName block_range = range_name("block"), gather_range = range_name("gather"), loss_range = range_name("loss");

void add(BlockSums& to, const BlockSums& sums) {
  to.loss += sums.loss;
  to.squared_error += sums.squared_error;
  to.psnr += sums.psnr;
}

}  // namespace

Cut::Cut(int images, const Network& network) : blocks((images + network.images_at_once - 1) / network.images_at_once) {
  const std::size_t fit = gradient_bytes / (sizeof(float) * std::max<std::size_t>(network.parameters, 1));
  groups = std::min(blocks,
                    std::clamp(static_cast<int>(std::min<std::size_t>(fit, most_groups)), least_groups, most_groups));
}

void write_level(const Network& network, const Block& block, const NoiseRecipe& recipe) {
  if (network.levels != nullptr)
    std::fill_n(network.levels->in(block.arena).at, block.kernels.lanes, noise_level(recipe));
}

BatchPass::BatchPass(BlockRunner& runner, const Spec& spec, RangeLog& log)
    : runner_(runner),
      network_(runner.network()),
      sample_(spec.shape.with_batch(1)),
      noise_(spec.noise),
      log_(log),
      writer_(make_input_writer(network_, spec.shape, spec.noise)),
      stride_(AlignedFloats::whole_lines(network_.parameters)) {
  const auto groups = static_cast<std::size_t>(Cut(spec.shape.n, network_).groups);
  group_sums_.resize(groups);
  if (spec.mode == Mode::train) gradients_ = AlignedFloats(stride_ * groups);
}

GroupedGradients BatchPass::gradients(int images) const {
  return {gradients_.data(), stride_, Cut(images, network_).groups};
}

void BatchPass::fill(const Block& block, const Batch& batch, int first, int count) const {
  if (batch.in == nullptr)
    return writer_->write(block, *batch.store,
                          batch.samples.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)));
  if (block.member > 0) return;
  const auto f = static_cast<std::size_t>(first);
  write_images(network_, block.alone(), count, batch.in + f * sample_.sample_size(),
               batch.target + f * network_.output_shape.sample_size());
  write_level(network_, block, noise_);
}

float* BatchPass::zeroed_gradients(const Block& block, int group) const {
  float* gradients = gradients_.data() + static_cast<std::size_t>(group) * stride_;
  const Slice mine = block.share(static_cast<int>(stride_), AlignedFloats::alignment / sizeof(float));
  std::fill_n(gradients + mine.first, mine.count, 0.0f);
  return gradients;
}

/// The sums are those of the block where the thread leads its team, else zero.
BlockSums BatchPass::run_block(const Block& block, const Batch& batch, int first, float scale) const {
  const int count = std::min(network_.images_at_once, batch.images - first);
  const bool leads = block.member == 0;
  const RangeScope whole(block.log, block_range);
  timed(block.log, gather_range, [&] {
    fill(block, batch, first, count);
    block.meet();
  });
  for (const auto& stage : network_.stages) timed(block.log, stage->forward_range(), [&] { stage->run(block); });
  BlockSums sums;
  if (leads) sums = timed(block.log, loss_range, [&] { return (*network_.loss)(block.alone(), count, scale); });
  block.meet();
  if (block.gradients != nullptr)
    for (auto stage = network_.stages.rbegin(); stage != network_.stages.rend(); ++stage)
      timed(block.log, (*stage)->backward_range(), [&] { (*stage)->run_back(block); });
  if (leads && batch.d_in != nullptr)
    read_images(*network_.input, *network_.input->grad, block.alone(), count,
                batch.d_in + static_cast<std::size_t>(first) * sample_.sample_size());
  block.meet();
  return sums;
}

BlockSums BatchPass::operator()(const float* weights, const float* packed, const Batch& batch, bool backward,
                                bool eager) {
  const Cut cut(batch.images, network_);
  const auto scale = backward ? static_cast<float>(1.0 / (network_.loss->terms() * batch.images)) : 0.0f;
  if (log_.recording())  // Any thread may take all blocks; besides them there are the step and its update.
    log_.reserve(static_cast<std::size_t>(cut.blocks) * (2 * network_.stages.size() + 3) + 2);
  runner_.run(cut.groups, weights, packed, [&](int group, Block block, int worker) {
    block.input_gradient = batch.d_in != nullptr;
    block.log = eager ? log_.of(worker) : nullptr;
    if (backward) block.gradients = zeroed_gradients(block, group);
    BlockSums sums;
    for (int b = cut.first_block(group); b < cut.first_block(group + 1); ++b)
      add(sums, run_block(block, batch, b * network_.images_at_once, scale));
    if (block.member == 0) group_sums_[static_cast<std::size_t>(group)] = sums;
  });
  BlockSums all;
  for (int group = 0; group < cut.groups; ++group) add(all, group_sums_[static_cast<std::size_t>(group)]);
  return all;
}

}  // namespace dae::cpu
