#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "host/denoise/denoise_observer.hpp"

namespace dae {

/// How far a folder is: on a terminal a bar that redraws itself, else a line now and then; on standard error, so that
/// it mixes with nobody's output.
class DenoiseProgress {
 public:
  DenoiseProgress(std::size_t files, bool quiet);

  /// One file more has come to its end, well or not.
  void ended() { ++ended_; }
  /// So many files, or parts of them, with so many pixels have been worked through.
  void processed(double files, double pixels);
  /// Draws when it is time to.
  void tick();
  /// Takes the bar away, so that something else can be printed.
  void clear();

 private:
  void draw(double seconds);

  std::size_t files_, ended_ = 0;
  double processed_ = 0, pixels_ = 0;
  bool terminal_, quiet_, shown_ = false;
  std::chrono::steady_clock::time_point start_, drawn_;
};

/// Tells what becomes of every file, in a line on standard output or standard error, and the progress.
class DenoiseReport : public DenoiseObserver {
 public:
  explicit DenoiseReport(bool json) : json_(json) {}

  /// Tells of links that are passed over.
  void planned(const DenoisePlan& plan) override;
  void done(const DenoiseJob& job, const DenoisedFile& file) override;
  void failed(const std::filesystem::path& input, const std::exception_ptr& failure) override;
  void processed(double files, double pixels) override { progress_->processed(files, pixels); }
  void tick() override { progress_->tick(); }
  /// Tells the sum.
  void finish(const DenoiseSummary& summary);

 private:
  const bool json_;
  std::size_t done_before_ = 0, foreign_ = 0;
  std::optional<DenoiseProgress> progress_;
};

}  // namespace dae
