#include "host/training/epoch_feed.hpp"

#include <algorithm>

#include "host/noise/shuffle.hpp"

namespace dae {
namespace {

/// How many samples a photo gives; 1 of a set that is no photos.
std::uint32_t crops_of(const DeviceSet& set) {
  return set.photos.empty() ? 1 : static_cast<std::uint32_t>(static_cast<std::size_t>(set.shape.n) / set.photos.size());
}

std::vector<std::uint32_t> order_of_pass(const DeviceSet& set, std::uint64_t seed, std::uint32_t pass) {
  if (set.photos.empty()) return shuffled(static_cast<std::uint32_t>(set.shape.n), seed, pass);
  const std::uint32_t crops = crops_of(set);
  return shuffled_in_groups(static_cast<std::uint32_t>(set.photos.size()), crops,
                            static_cast<std::uint32_t>(samples_together(set)) / crops, seed, pass);
}

}  // namespace

std::size_t samples_together(const DeviceSet& set) {
  constexpr std::size_t bytes = std::size_t{1} << 26, most = 8192, fewest_photos = 16;
  const std::size_t crops = crops_of(set);
  return std::max(fewest_photos, std::min(most, bytes / set.shape.sample_size()) / crops) * crops;
}

std::uint64_t samples_an_epoch(const TrainingPlan& plan, const DeviceSet& set) {
  const auto all = static_cast<std::uint64_t>(set.shape.n);
  return plan.epoch_images == 0 ? all : std::min<std::uint64_t>(plan.epoch_images, all);
}

std::vector<Sample> samples_of_epoch(const TrainingPlan& plan, const DeviceSet& set, std::uint64_t epoch,
                                     std::uint64_t done) {
  const auto all = static_cast<std::uint64_t>(set.shape.n);
  const std::uint64_t length = samples_an_epoch(plan, set), end = epoch * length;
  std::vector<Sample> samples;
  samples.reserve(length - done);
  for (std::uint64_t at = end - length + done; at < end;) {
    const auto pass = static_cast<std::uint32_t>(at / all + 1);
    const std::vector<std::uint32_t> order = order_of_pass(set, plan.noise.seed, pass);
    for (const std::uint64_t stop = std::min(end, pass * all); at < stop; ++at)
      samples.push_back(sample_of(set, order[at % all], plan.draw == NoiseDraw::fresh ? pass : 0, plan.noise.seed));
  }
  return samples;
}

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
