#include "host/cpu/stages/loss.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "host/graph/ssim.hpp"

namespace dae::cpu {
namespace {

/// Registers that the kernel for Ssim works in.
std::size_t scratch_registers(const Shape& output, int side) {
  const auto height = static_cast<std::size_t>(output.h), windows_down = static_cast<std::size_t>(output.h - side + 1),
             windows_across = static_cast<std::size_t>(output.w - side + 1);
  return (5 * height + 3 * windows_down) * windows_across;
}

}  // namespace

LossPass::LossPass(const Loss& loss, const Value& output, Tensor& target, Layout& layout, int time)
    : loss_(loss),
      output_(output),
      target_(target),
      terms_(static_cast<double>(loss_terms(loss, output.image().with_batch(1)))) {
  if (!std::holds_alternative<Ssim>(loss)) return;
  const std::vector<double> window = ssim_window(ssim_side(output.shape));
  window_.assign(window.begin(), window.end());
  scratch_ = layout.add_scratch(scratch_registers(output.shape, ssim_side(output.shape)) *
                                static_cast<std::size_t>(layout.lanes()));
  scratch_->live(time);
}

BlockSums LossPass::operator()(const Block& block, int count, float scale) const {
  std::array<std::int32_t, most_lanes> rows{}, columns{};
  std::array<double, most_lanes> losses{}, errors{};
  const int lanes_each = output_.halo ? output_.halo->lanes_each() : 1;
  if (output_.halo) {
    std::copy_n(output_.halo->rows(), count * lanes_each, rows.begin());
    std::copy_n(output_.halo->columns(), count * lanes_each, columns.begin());
  } else {
    std::fill_n(rows.begin(), count, output_.shape.h);
    std::fill_n(columns.begin(), count, output_.shape.w);
  }
  block.kernels.loss({.kind = loss_.index(),
                      .loss = std::visit([](const auto& each) -> const void* { return &each; }, loss_),
                      .output = output_.data->in(block.arena),
                      .target = target_.in(block.arena),
                      .gradient = scale == 0     ? Planes{}
                                  : output_.halo ? output_.grad->in(block.arena)
                                                 : with_clean_border(block, *output_.grad),
                      .scale = scale,
                      .rows = rows.data(),
                      .columns = columns.data(),
                      .sums = {losses.data(), errors.data()},
                      .window = window_.data(),
                      .side = static_cast<int>(window_.size()),
                      .c1 = static_cast<float>(ssim_c1),
                      .c2 = static_cast<float>(ssim_c2),
                      .scratch = scratch_ != nullptr ? scratch_->in(block.arena).at : nullptr});

  const auto elements = static_cast<double>(output_.image().sample_size());
  const auto of_image = [&](const auto& lanes, int image) {
    return std::accumulate(lanes.begin() + image * lanes_each, lanes.begin() + (image + 1) * lanes_each, 0.0);
  };
  BlockSums sums;
  for (int image = 0; image < count; ++image) {
    const double error = of_image(errors, image) / elements;
    sums.loss += of_image(losses, image) / terms_;
    sums.squared_error += error;
    sums.psnr += 10 * std::log10(1 / std::max(error, 1e-10));
  }
  return sums;
}

}  // namespace dae::cpu
