#pragma once

#include <cstddef>
#include <exception>
#include <filesystem>
#include <mutex>

#include "host/denoise/denoise_plan.hpp"
#include "host/denoise/manifest.hpp"

namespace dae {

/// Is told what becomes of files. Calls come from several threads, but never two at once.
class DenoiseObserver {
 public:
  virtual ~DenoiseObserver() = default;
  /// Comes once every name is checked and before anything is done.
  virtual void planned(const DenoisePlan&) {}
  /// A result is written, and the manifest knows of it.
  virtual void done(const DenoiseJob&, const DenoisedFile&) {}
  /// An input could not be denoised; the others go on.
  virtual void failed(const std::filesystem::path& /*input*/, const std::exception_ptr&) {}
  /// So many files more, or parts of them, with so many pixels have been through the network.
  virtual void processed(double /*files*/, double /*pixels*/) {}
  /// Comes about ten times a second while files are worked on.
  virtual void tick() {}
};

struct DenoiseSummary {
  std::size_t done = 0, failed = 0;
  std::exception_ptr first_failure;  ///< Null where nothing failed.
  bool stopped = false;
};

/// Brings what becomes of files to the manifest and to the observer, and counts. Its methods may be called from several
/// threads.
class DenoiseOutcomes {
 public:
  DenoiseOutcomes(Manifest& manifest, DenoiseObserver& observer) : manifest_(manifest), observer_(observer) {}

  void started(const DenoiseJob& job) { manifest_.started(job); }
  void done(const DenoiseJob& job, const FileStamp& input, const DenoisedFile& file);
  void failed(const DenoiseJob& job, const std::exception_ptr& failure);
  /// An input of which there is no job.
  void failed(const std::filesystem::path& input, const std::exception_ptr& failure);
  void processed(double files, double pixels);
  void tick();
  [[nodiscard]] const DenoiseSummary& summary() const { return summary_; }

 private:
  Manifest& manifest_;
  DenoiseObserver& observer_;
  std::mutex mutex_;
  DenoiseSummary summary_;
};

}  // namespace dae
