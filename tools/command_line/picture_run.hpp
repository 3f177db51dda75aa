#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "host/append_file.hpp"
#include "host/photo_denoiser.hpp"
#include "tools/command_line/denoise_job.hpp"

namespace dae {

/// Denoises pictures, those of one shape that follow each other together. A picture that fails is told on standard
/// error and in manifest.jsonl, and the others go on.
class PictureRun {
 public:
  using MakeDenoiser = std::function<std::unique_ptr<PhotoDenoiser>()>;
  /// The denoiser is made when the first picture comes; `done` is told of every picture that is written.
  PictureRun(const DenoiseOptions& options, std::function<void(const DenoiseJob&)> done, MakeDenoiser make);

  /// Reads the picture; writes it when those that it is denoised together with have come.
  void add(const DenoiseJob& job, std::uint32_t id);
  /// Writes what is left. Returns the exit code: that of the first failure.
  int finish();

 private:
  struct Waiting {
    DenoiseJob job;
    const Codec* codec;
    Picture picture;
  };
  void flush();
  void write(const Waiting& input, Denoised result, double seconds);
  /// `act` for a job; what it throws is told and noted.
  template <class Act>
  void attempt(const DenoiseJob& job, Act act);

  const DenoiseOptions& options_;
  std::function<void(const DenoiseJob&)> tell_;
  MakeDenoiser make_;
  std::unique_ptr<PhotoDenoiser> denoiser_;
  std::unique_ptr<AppendFile> manifest_;
  std::vector<Waiting> waiting_;
  std::size_t done_ = 0, failed_ = 0;
  int exit_code_ = 0;
};

}  // namespace dae
