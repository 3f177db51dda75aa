#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "dae/device.hpp"
#include "host/files/csv_log.hpp"
#include "host/training/training_position.hpp"

namespace dae {

/// The training steps of a run: their rows in steps.csv, and of those whose losses the device still has, which are
/// finished and how fast.
class StepRecord {
 public:
  /// Starts the table, or cuts it back to its first `steps` rows. Throws OutputError.
  StepRecord(const std::filesystem::path& table, std::uint64_t steps);

  /// The clocks of an epoch start; `done` of its samples were trained on before.
  void start_epoch(std::uint64_t done);
  /// A step was given to the device.
  void enqueued(std::size_t samples, float rate) { pending_.push_back({samples, rate}); }
  /// The time since the device was last asked for its progress.
  [[nodiscard]] std::chrono::steady_clock::duration since_asked() const;
  void asked(const Progress& progress);
  [[nodiscard]] bool pending() const { return !pending_.empty(); }
  /// Writes the rows of all pending steps, up to a bad one, and adds their losses to the position's. The sum goes step
  /// by step, so that it does not depend on when that happens.
  void take(const Metrics& metrics, TrainingPosition& position);

  /// Finished steps of the whole run.
  [[nodiscard]] std::uint64_t finished() const { return recorded_ + finished_; }
  /// Samples of the epoch in finished steps, and the sum of their losses.
  [[nodiscard]] std::uint64_t samples(const TrainingPosition& position) const;
  [[nodiscard]] double loss_sum(const TrainingPosition& position) const;
  /// False until a step of this epoch has finished since start_epoch.
  [[nodiscard]] bool moved(const TrainingPosition& position) const { return samples(position) != samples_before_; }
  /// Since start_epoch.
  [[nodiscard]] double seconds() const;
  [[nodiscard]] double images_per_s(const TrainingPosition& position) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Pending {
    std::size_t samples;
    float rate;
    double images_per_s = 0;  ///< Known once the step is finished.
  };
  /// The first so many of the pending steps are finished; those that were not before ran at one speed.
  void mark_finished(std::size_t steps);

  CsvLog table_;
  std::uint64_t recorded_;        // steps of the whole run that have a row
  std::vector<Pending> pending_;  // steps whose losses were not taken yet
  std::size_t finished_ = 0;      // of them, as far as is known
  std::uint64_t finished_samples_ = 0;
  double finished_loss_ = 0;  // the mean over finished_samples_
  Clock::time_point epoch_start_;
  Clock::time_point asked_, seen_;    // when the device was last asked, and when it had then finished a step
  std::uint64_t samples_before_ = 0;  // of this epoch, trained on before epoch_start_
};

}  // namespace dae
