#pragma once

#include <cstddef>
#include <exception>
#include <mutex>
#include <string>

#include "tools/command_line/denoise/denoise_plan.hpp"
#include "tools/command_line/denoise/denoise_progress.hpp"
#include "tools/command_line/denoise/manifest.hpp"

namespace dae {

/// Tells what becomes of every file: a line on standard output or standard error, the manifest, the progress, and in
/// the end the exit code. Its methods may be called from several threads.
class DenoiseReport {
 public:
  /// Tells at once of the inputs that will not be denoised.
  DenoiseReport(Manifest& manifest, const DenoisePlan& plan, bool json);

  /// A file of so many images is written.
  void done(const DenoiseJob& job, std::size_t images, const FileStamp& input, const nlohmann::ordered_json& facts);
  void failed(const DenoiseJob& job, const std::exception_ptr& failure);
  /// So many files more, or parts of them, with so many pixels have been through the network.
  void processed(double files, double pixels);
  /// Draws the progress when it is time to.
  void tick();
  /// Tells the sum. Returns the exit code: that of the first failure.
  int finish();

 private:
  void fail(const std::filesystem::path& input, const std::string& reason, int code);

  Manifest& manifest_;
  const bool json_;
  const std::size_t done_before_, foreign_;
  std::mutex mutex_;
  DenoiseProgress progress_;
  std::size_t done_ = 0, failed_ = 0;
  int exit_code_ = 0;
};

}  // namespace dae
