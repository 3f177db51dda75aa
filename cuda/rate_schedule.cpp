#include "cuda/rate_schedule.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "cuda/kernels/optimizer.hpp"

namespace dae::cuda {

RateSchedule::RateSchedule(std::shared_ptr<Context> context, StepParams* params)
    : context_(std::move(context)), params_(params) {}

void RateSchedule::announce(std::span<const Update> updates) {
  withdraw();
  // Rates that stay the same are better set once.
  if (std::ranges::adjacent_find(updates, std::not_equal_to{}) == updates.end()) return;
  const Stream& stream = context_->stream();
  if (list_.size() < updates.size()) {
    stream.wait();  // for steps that read the old list
    list_ = {MemoryKind::device, updates.size()};
    pinned_ = {MemoryKind::pinned, updates.size()};
  }
  sent_.wait();  // The old list may still be on its way.
  std::ranges::transform(updates, pinned_.get(), rates_of);
  copy_to_device(list_.get(), pinned_.get(), updates.size() * sizeof(Rates), stream.get());
  sent_.record(stream);
  store(stream.get(), &params_->announced, {list_.get(), 0, static_cast<std::uint32_t>(updates.size())});
  announced_.assign(updates.begin(), updates.end());
}

void RateSchedule::withdraw() {
  if (next_ < announced_.size()) store(context_->stream().get(), &params_->announced, AnnouncedRates{});
  announced_.clear();
  next_ = 0;
}

void RateSchedule::set(const Update& update) {
  if (next_ < announced_.size() && announced_[next_] == update) {
    ++next_;
    current_ = update;
    return;
  }
  withdraw();
  // Numbers only: a captured step reads them from the device and need not be captured again.
  if (current_ != update) store(context_->stream().get(), &params_->rates, rates_of(update));
  current_ = update;
}

}  // namespace dae::cuda
