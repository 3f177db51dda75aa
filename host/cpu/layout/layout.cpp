#include "host/cpu/layout/layout.hpp"

#include <algorithm>
#include <vector>

#include "host/cpu/runtime/aligned_floats.hpp"
#include "host/graph/buffer_plan.hpp"

namespace dae::cpu {

void Tensor::need_border(int before, int after) {
  before_ = std::max(before_, before);
  after_ = std::max(after_, after);
}

void Tensor::live(int time) {
  first_ = std::min(first_, time);
  last_ = std::max(last_, time);
}

std::size_t Tensor::plane_floats() const {
  const std::size_t floats = rows() * columns() * static_cast<std::size_t>(lanes_);
  if (rows() * columns() == 1) return floats;  // a feature vector's elements lie side by side
  // A convolution reads the same pixel of all channels in turn. With an even number of cache lines from one plane to
  // the next, 16 x 16 pixels say, these would fall into few sets of the cache and push each other out.
  constexpr std::size_t line = AlignedFloats::alignment / sizeof(float);
  return AlignedFloats::whole_lines(floats) + (AlignedFloats::whole_lines(floats) / line % 2 == 0 ? line : 0);
}

Planes Tensor::in(float* arena) const {
  const auto row = static_cast<std::ptrdiff_t>(columns()) * lanes_;
  float* corner = arena + offset_;
  return {corner + before_ * row + static_cast<std::ptrdiff_t>(before_) * lanes_,
          static_cast<std::ptrdiff_t>(plane_floats()),
          row,
          channels_,
          height_,
          width_};
}

Tensor* Layout::add_scratch(std::size_t floats) {
  const auto lanes = static_cast<std::size_t>(lanes_);
  return add(1, 1, static_cast<int>((floats + lanes - 1) / lanes));
}

void Layout::join(Tensor& part, Tensor& whole, int first_channel) {
  part.whole_ = &whole;
  part.first_channel_ = first_channel;
  whole.has_parts_ = true;
}

std::size_t Layout::place() {
  for (const Tensor& part : tensors_) {
    if (part.whole_ == nullptr) continue;
    part.whole_->need_border(part.before_, part.after_);
    for (const int time : {part.first_, part.last_}) part.whole_->live(time);
  }
  std::vector<Lifetime> lifetimes;
  for (Tensor& tensor : tensors_) {
    tensor.lanes_ = lanes_;
    const std::size_t floats =
        tensor.whole_ != nullptr ? 0 : static_cast<std::size_t>(tensor.channels_) * tensor.plane_floats();
    lifetimes.push_back({floats * sizeof(float), tensor.first_, tensor.last_});
  }
  const BufferPlan plan = place_buffers(lifetimes, AlignedFloats::alignment);
  for (std::size_t i = 0; Tensor & tensor : tensors_) {
    tensor.offset_ = plan.offsets[i] / sizeof(float);
    tensor.shared_ = plan.shared[i];
    ++i;
  }
  for (Tensor& part : tensors_) {
    if (part.whole_ == nullptr) continue;
    const Tensor& whole = *part.whole_;
    part.before_ = whole.before_;
    part.after_ = whole.after_;
    part.shared_ = whole.shared_;
    part.offset_ = whole.offset_ + static_cast<std::size_t>(part.first_channel_) * whole.plane_floats();
  }
  return plan.bytes / sizeof(float);
}

}  // namespace dae::cpu
