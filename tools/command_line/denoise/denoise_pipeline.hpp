#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "host/denoise/bounded_queue.hpp"
#include "host/denoise/photo_denoiser.hpp"
#include "tools/command_line/denoise/denoise_report.hpp"

namespace dae {

/// Threads of each stage.
struct StageThreads {
  int load = 1, process = 1, save = 1;
};

/// Denoises pictures in three stages that work side by side: load, process, save. What lies between two stages is
/// bounded, so that memory does not grow with the number of files. A file that fails in any stage is told of, and the
/// others go on.
class PictureRun {
 public:
  PictureRun(const DenoiseOptions& options, std::span<const DenoiseJob> jobs, DenoiseReport& report,
             Manifest& manifest);

  /// One denoiser for each of the threads that process. Returns when all are done, or soon after a stop was requested:
  /// what was denoised by then is saved. Throws DeviceError when the device fails.
  void operator()(const StageThreads& threads, std::span<PhotoDenoiser* const> denoisers);

 private:
  struct Loaded {
    const DenoiseJob* job;
    const Codec* codec;
    FileStamp stamp;
    Picture picture;
    double seconds, noise;
  };
  struct Finished {
    Loaded input;  ///< Its pixels only where they are to be written too.
    Shape shape;
    Denoised result;
  };

  void start(std::vector<std::jthread>& threads, int count, const std::function<void()>& work,
             const std::function<void()>& ended);
  void load();
  void process(PhotoDenoiser& denoiser);
  void save();
  std::vector<Loaded> next_group(PhotoDenoiser& denoiser);
  void denoise(PhotoDenoiser& denoiser, std::vector<Loaded> group);
  void write(Finished& finished);
  /// `act` for a job; what it throws is told of. False when it threw.
  template <class Act>
  bool attempt(const DenoiseJob& job, Act act);
  /// For what ends the whole run.
  void give_up(const std::exception_ptr& failure);

  const DenoiseOptions& options_;
  const std::span<const DenoiseJob> jobs_;
  DenoiseReport& report_;
  Manifest& manifest_;
  std::atomic<std::size_t> next_job_{0};
  BoundedQueue<Loaded> loaded_;
  BoundedQueue<Finished> finished_;
  std::mutex grouping_, failing_;
  std::exception_ptr failure_;
};

}  // namespace dae
