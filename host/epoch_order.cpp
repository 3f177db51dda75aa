#include "host/epoch_order.hpp"

#include <algorithm>

#include "host/shuffle.hpp"

namespace dae {

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
    const std::vector<std::uint32_t> order = shuffled(static_cast<std::uint32_t>(all), plan.noise.seed, pass);
    for (const std::uint64_t stop = std::min(end, pass * all); at < stop; ++at)
      samples.push_back(sample_of(set, order[at % all], plan.draw == NoiseDraw::fresh ? pass : 0, plan.noise.seed));
  }
  return samples;
}

}  // namespace dae
