#include "tools/command_line/denoise/denoise_pipeline.hpp"

#include <chrono>
#include <condition_variable>
#include <nlohmann/json.hpp>

#include "dae/error.hpp"
#include "host/denoise/noise_estimate.hpp"
#include "host/files/atomic_file.hpp"
#include "tools/command_line/denoise/idx_run.hpp"
#include "tools/command_line/stop_signals.hpp"

namespace dae {
namespace {

using Clock = std::chrono::steady_clock;

// What is denoised together: enough to keep a device busy, and no more than fits beside the program.
constexpr std::size_t least_together = 16, most_pixels_together = std::size_t{1} << 22;
// Of pixels between two stages; a larger picture waits there alone.
constexpr std::size_t most_between = std::size_t{64} << 20;

std::size_t area(const Shape& shape) { return static_cast<std::size_t>(shape.h) * static_cast<std::size_t>(shape.w); }

std::size_t bytes_of(const Picture& picture) {
  return std::visit([](const auto& pixels) { return std::as_bytes(std::span(pixels)).size(); }, picture.pixels);
}

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

}  // namespace

PictureRun::PictureRun(const DenoiseOptions& options, std::span<const DenoiseJob> jobs, DenoiseReport& report,
                       Manifest& manifest)
    : options_(options),
      jobs_(jobs),
      report_(report),
      manifest_(manifest),
      loaded_(most_between),
      finished_(most_between) {}

template <class Act>
bool PictureRun::attempt(const DenoiseJob& job, Act act) {
  try {
    act();
    return true;
  } catch (const MemoryError&) {
    report_.failed(job, std::current_exception());
  } catch (const DeviceError&) {
    give_up(std::current_exception());  // No other file would fare better.
  } catch (const std::exception&) {
    report_.failed(job, std::current_exception());
  }
  return false;
}

void PictureRun::give_up(const std::exception_ptr& failure) {
  {
    const std::lock_guard lock(failing_);
    if (!failure_) failure_ = failure;
  }
  next_job_ = jobs_.size();
  loaded_.discard();
}

/// Threads that all do the same; `ended` is called by the last.
void PictureRun::start(std::vector<std::jthread>& threads, int count, const std::function<void()>& work,
                       const std::function<void()>& ended) {
  const auto left = std::make_shared<std::atomic<int>>(count);
  for (int i = 0; i < count; ++i)
    threads.emplace_back([=, this] {
      try {
        work();
      } catch (...) {
        give_up(std::current_exception());
      }
      if (--*left == 0) ended();
    });
}

void PictureRun::load() {
  for (std::size_t i = next_job_++; i < jobs_.size() && !stop_requested(); i = next_job_++) {
    const DenoiseJob& job = jobs_[i];
    attempt(job, [&] {
      const Clock::time_point begin = Clock::now();
      const FileStamp stamp = stamp_of(job.input);
      ReadPicture read = read_picture(job.input, options_.most_pixels);
      if (options_.add_noise) add_noise(read.picture, *options_.add_noise, job.id);
      const double noise = estimated_noise(read.picture);
      const std::size_t bytes = bytes_of(read.picture);
      loaded_.push({&job, options_.format != nullptr ? options_.format : read.codec, stamp, std::move(read.picture),
                    seconds_since(begin), noise},
                   bytes);
    });
  }
}

std::vector<PictureRun::Loaded> PictureRun::next_group(PhotoDenoiser& denoiser) {
  const std::lock_guard lock(grouping_);
  std::vector<Loaded> group;
  std::size_t pixels = 0, wanted = least_together;
  while (group.size() < wanted && pixels < most_pixels_together) {
    std::optional<Loaded> next = loaded_.pop();
    if (!next) break;
    if (group.empty()) wanted = std::max(wanted, denoiser.enough(next->picture));
    pixels += area(next->picture.shape);
    group.push_back(std::move(*next));
  }
  return group;
}

void PictureRun::process(PhotoDenoiser& denoiser) {
  for (std::vector<Loaded> group = next_group(denoiser); !group.empty(); group = next_group(denoiser)) {
    std::erase_if(group,
                  [&](const Loaded& each) { return !attempt(*each.job, [&] { denoiser.check(each.picture); }); });
    denoise(denoiser, std::move(group));
    if (stop_requested()) loaded_.discard();
  }
}

void PictureRun::denoise(PhotoDenoiser& denoiser, std::vector<Loaded> group) {
  if (group.empty() || stop_requested()) return;
  std::vector<const Picture*> pictures;
  for (const Loaded& each : group) pictures.push_back(&each.picture);
  const Clock::time_point begin = Clock::now();
  std::vector<Denoised> results;
  double all = 0, part_before = 0;
  for (const Picture* picture : pictures) all += static_cast<double>(area(picture->shape));
  const auto denoise_all = [&] {
    results = denoiser(pictures, [&](double part) {
      report_.processed((part - part_before) * static_cast<double>(pictures.size()), (part - part_before) * all);
      part_before = part;
      return !stop_requested();
    });
  };
  if (group.size() == 1) {
    if (!attempt(*group[0].job, denoise_all)) return;
  } else {
    try {
      denoise_all();
    } catch (const std::exception&) {
      // Together they may take what each alone does not; and who fails alone, fails alone.
      for (Loaded& each : group) {
        std::vector<Loaded> one;
        one.push_back(std::move(each));
        denoise(denoiser, std::move(one));
      }
      return;
    }
  }
  if (results.empty()) return;  // stopped
  const double seconds = seconds_since(begin);
  for (std::size_t i = 0; i < group.size(); ++i) {
    const Shape shape = group[i].picture.shape;
    group[i].seconds += seconds * static_cast<double>(area(shape)) / all;
    if (group[i].job->noisy.empty()) group[i].picture = {};
    const std::size_t bytes = bytes_of(results[i].picture) + bytes_of(group[i].picture);
    finished_.push({std::move(group[i]), shape, std::move(results[i])}, bytes);
  }
}

void PictureRun::write(Finished& finished) {
  Loaded& input = finished.input;
  const DenoiseJob& job = *input.job;
  if (!finished.result.problem.empty()) throw NumericError(std::string(finished.result.problem));
  const Clock::time_point begin = Clock::now();
  const double noise = estimated_noise(finished.result.picture);
  make_folder(job.output.parent_path());
  manifest_.started(job);
  if (!job.noisy.empty()) write_picture(job.noisy, *input.codec, std::move(input.picture), options_.encode);
  write_picture(job.output, *input.codec, std::move(finished.result.picture), options_.encode);
  report_.done(job, 1, input.stamp,
               {{"width", finished.shape.w},
                {"height", finished.shape.h},
                {"channels", finished.shape.c},
                {"seconds", input.seconds + seconds_since(begin)},
                {"noise_before", input.noise},
                {"noise_after", noise}});
}

void PictureRun::save() {
  while (std::optional<Finished> next = finished_.pop()) attempt(*next->input.job, [&] { write(*next); });
}

void PictureRun::operator()(const StageThreads& threads, std::span<PhotoDenoiser* const> denoisers) {
  if (jobs_.empty()) return;
  std::mutex mutex;
  std::condition_variable changed;
  bool saved = false;
  {
    std::vector<std::jthread> workers;
    std::atomic<std::size_t> next_denoiser{0};
    start(
        workers, threads.load, [&] { load(); }, [&] { loaded_.close(); });
    start(
        workers, threads.process, [&] { process(*denoisers[next_denoiser++]); }, [&] { finished_.close(); });
    start(
        workers, threads.save, [&] { save(); },
        [&] {
          const std::lock_guard lock(mutex);
          saved = true;
          changed.notify_all();
        });
    std::unique_lock lock(mutex);
    while (!changed.wait_for(lock, std::chrono::milliseconds(100), [&] { return saved; })) report_.tick();
  }
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace dae
