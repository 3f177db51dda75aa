#include "host/training/step_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace dae {
namespace {

double seconds_between(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
  return std::max(std::chrono::duration<double>(to - from).count(), 1e-9);
}

}  // namespace

StepRecord::StepRecord(const std::filesystem::path& table, std::uint64_t steps)
    : table_(table, "step,epoch,loss,lr,images_per_s", steps), recorded_(steps) {}

void StepRecord::start_epoch(std::uint64_t done) {
  epoch_start_ = asked_ = seen_ = Clock::now();
  samples_before_ = done;
}

std::chrono::steady_clock::duration StepRecord::since_asked() const { return Clock::now() - asked_; }

void StepRecord::asked(const Progress& progress) {
  mark_finished(progress.steps);
  finished_loss_ = static_cast<double>(progress.loss);
  asked_ = Clock::now();
}

void StepRecord::mark_finished(std::size_t steps) {
  if (steps == finished_) return;
  std::uint64_t samples = 0;
  for (std::size_t i = finished_; i < steps; ++i) samples += pending_[i].samples;
  const double speed = static_cast<double>(samples) / seconds_between(seen_, Clock::now());
  for (; finished_ < steps; ++finished_) pending_[finished_].images_per_s = speed;
  finished_samples_ += samples;
  seen_ = Clock::now();
}

void StepRecord::take(const Metrics& metrics, TrainingPosition& position) {
  mark_finished(pending_.size());
  const std::uint64_t good = metrics.bad_step ? *metrics.bad_step - 1 - recorded_ : pending_.size();
  std::string rows;
  for (std::size_t i = 0; i < good; ++i) {
    const float loss = metrics.step_loss.at(i);
    position.loss_sum += static_cast<double>(loss) * static_cast<double>(pending_[i].samples);
    position.samples += pending_[i].samples;
    fmt::format_to(std::back_inserter(rows), "{},{},{},{},{:.1f}\n", ++recorded_, position.epoch, loss,
                   pending_[i].rate, pending_[i].images_per_s);
  }
  table_.append(rows);
  pending_.clear();
  finished_ = 0;
  finished_samples_ = 0;
}

std::uint64_t StepRecord::samples(const TrainingPosition& position) const {
  return position.samples + finished_samples_;
}

double StepRecord::loss_sum(const TrainingPosition& position) const {
  return position.loss_sum + finished_loss_ * static_cast<double>(finished_samples_);
}

double StepRecord::seconds() const { return seconds_between(epoch_start_, Clock::now()); }

double StepRecord::images_per_s(const TrainingPosition& position) const {
  return static_cast<double>(samples(position) - samples_before_) / seconds();
}

}  // namespace dae
