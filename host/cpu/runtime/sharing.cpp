#include "host/cpu/runtime/sharing.hpp"

#include <algorithm>
#include <utility>

namespace dae::cpu {

WorkSplit::WorkSplit(int jobs, int threads, double cost_of_sharing) : alone(jobs) {
  const int rounds = jobs / threads, last = jobs % threads;
  double least = last > 0 ? 1 : 0;  // each of the last jobs alone
  for (int each = 2; each <= threads && last > 0; ++each) {
    const int at_once = std::min(threads / each, last);
    const double taken = (last + at_once - 1) / at_once * (1.0 / each + cost_of_sharing);
    if (taken >= least) continue;
    least = taken;
    alone = jobs - last;
    teams = at_once;
    members = each;
  }
  time = rounds + least;
}

namespace {

// The first comparison comes soon, but not before caches and pages are warm.
constexpr int between_trials = 64, first_trial = 8;
// So much sooner the other way must be.
constexpr double worth_a_change = 0.9;

}  // namespace

/// 1 or 2 in a run made the other way, else 0.
int SharingTuner::trial() const {
  const int place = (runs_ + between_trials - first_trial) % between_trials;
  return place < 2 ? place + 1 : 0;
}

bool SharingTuner::share() { return trial() > 0 ? !sharing_ : sharing_; }

void SharingTuner::took(double seconds) {
  const int now = trial();
  if (now == 1) other_ = seconds;
  if (now == 2) other_ = std::min(other_, seconds);  // the first has cold caches
  if (now == 0 && runs_ <= first_trial) mean_ = runs_ == 0 ? seconds : std::min(mean_, seconds);
  // One run that is disturbed must not decide.
  if (now == 0 && runs_ > first_trial) mean_ += (std::min(seconds, 2 * mean_) - mean_) / 8;
  ++runs_;
  if (now == 1 || other_ == 0 || other_ > worth_a_change * mean_) return;
  sharing_ = !sharing_;
  std::swap(mean_, other_);
}

}  // namespace dae::cpu
