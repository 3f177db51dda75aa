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
#include "host/denoise/denoise_observer.hpp"
#include "host/denoise/photo_denoiser.hpp"

namespace dae {

/// Denoises files in three stages that work side by side: load, process, save. What lies between two stages is
/// bounded, so that memory does not grow with the number of files.
class DenoisePipeline {
 public:
  /// `options.jobs` is there. `sample` is the size that the network was trained on. Nothing is copied.
  DenoisePipeline(const DenoiseOptions& options, const Shape& sample, std::span<const DenoiseJob> jobs,
                  DenoiseOutcomes& outcomes, const std::function<bool()>& stop);

  /// Takes a denoiser for each thread that processes. Returns when all are done, or soon after `stop` said so: what was
  /// denoised by then is saved. Throws DeviceError when a device fails.
  void run(std::span<const std::unique_ptr<PhotoDenoiser>> denoisers);

 private:
  struct Loaded {
    const DenoiseJob* job;
    const Codec* codec;
    FileStamp stamp;
    std::vector<Picture> images;
    DenoisedFile file;
  };
  struct Finished {
    Loaded input;  ///< Its pixels only where they are to be written too.
    std::vector<Denoised> results;
  };

  void start(std::vector<std::jthread>& threads, int count, const std::function<void()>& work,
             const std::function<void()>& ended);
  void load();
  void process(PhotoDenoiser& denoiser);
  void save();
  std::vector<Loaded> next_group(PhotoDenoiser& denoiser);
  void denoise(PhotoDenoiser& denoiser, std::vector<Loaded> group);
  std::vector<Denoised> answers(PhotoDenoiser& denoiser, std::span<const Loaded> group);
  void write(Finished& finished);
  /// Calls `act` for a job and tells of what it throws. False when it threw.
  template <class Act>
  bool attempt(const DenoiseJob& job, Act act);
  /// Ends the whole run.
  void give_up(const std::exception_ptr& failure);

  const DenoiseOptions& options_;
  const Shape sample_;
  const std::span<const DenoiseJob> jobs_;
  DenoiseOutcomes& outcomes_;
  const std::function<bool()>& stop_;
  std::atomic<std::size_t> next_job_{0};
  BoundedQueue<Loaded> loaded_;
  BoundedQueue<Finished> finished_;
  std::mutex grouping_, failing_;
  std::exception_ptr failure_;
};

}  // namespace dae
