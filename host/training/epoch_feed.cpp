#include "host/training/epoch_feed.hpp"

#include "host/training/epoch_order.hpp"

namespace dae {

void EpochFeed::start(std::uint64_t epoch, std::uint64_t done) {
  epoch_ = {steps_, waited()};
  std::vector<Sample> samples = samples_of_epoch(plan_, set_, epoch, done);
  if (!set_.stream) {
    program_.load(*set_.store, samples);
    return;
  }
  const std::uint64_t before = (epoch - 1) * samples_an_epoch(plan_, set_) + done;
  set_.stream->start(std::move(samples), samples_together(set_), before % static_cast<std::uint64_t>(set_.shape.n));
  if (!more()) program_.load(*set_.store, {});
}

bool EpochFeed::more() {
  if (!set_.stream) return false;
  const std::vector<Sample> samples =
      set_.stream->next(static_cast<std::size_t>(PhotoStream::steps_at_once) * static_cast<std::size_t>(plan_.batch));
  if (samples.empty()) return false;
  program_.load(*set_.store, samples);
  return true;
}

std::optional<double> EpochFeed::wait_ms(const Mark& since) const {
  if (set_.photos.empty() || steps_ == since.steps) return std::nullopt;
  return 1e3 * (waited() - since.waited) / static_cast<double>(steps_ - since.steps);
}

}  // namespace dae
