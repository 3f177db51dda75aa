#pragma once

#include <optional>

#include "host/denoise/denoise_observer.hpp"
#include "tools/command_line/denoise/denoise_progress.hpp"

namespace dae {

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
