#include "host/denoise/denoise_pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>

#include "dae/error.hpp"
#include "host/denoise/job_images.hpp"
#include "host/denoise/noise_estimate.hpp"
#include "host/files/atomic_file.hpp"

namespace dae {
namespace {

using Clock = std::chrono::steady_clock;

// Images that are denoised together: no more than fits beside the program.
constexpr std::size_t most_pixels_together = std::size_t{1} << 22;
// The part of the memory that pixels between two stages may take; a larger file waits there alone.
constexpr std::size_t part_between = 16;

std::size_t area(const Picture& picture) {
  return static_cast<std::size_t>(picture.shape.h) * static_cast<std::size_t>(picture.shape.w);
}

std::size_t area(std::span<const Picture> images) {
  std::size_t pixels = 0;
  for (const Picture& image : images) pixels += area(image);
  return pixels;
}

std::size_t bytes_of(const Picture& picture) {
  return std::visit([](const auto& pixels) { return std::as_bytes(std::span(pixels)).size(); }, picture.pixels);
}

std::size_t bytes_of(std::span<const Picture> images) {
  std::size_t bytes = 0;
  for (const Picture& image : images) bytes += bytes_of(image);
  return bytes;
}

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Why a file's results cannot be right, or empty. Of the images of an IDX file some may well be of one colour.
std::string_view problem_of(std::span<const Denoised> results) {
  for (const Denoised& result : results)
    if (!result.finite) return result.problem;
  const bool all = std::ranges::none_of(results, [](const Denoised& result) { return result.problem.empty(); });
  return all ? results[0].problem : std::string_view();
}

}  // namespace

DenoisePipeline::DenoisePipeline(const DenoiseOptions& options, const Shape& sample, std::span<const DenoiseJob> jobs,
                                 DenoiseOutcomes& outcomes, const std::function<bool()>& stop)
    : options_(options),
      sample_(sample),
      jobs_(jobs),
      outcomes_(outcomes),
      stop_(stop),
      loaded_(options.network.windows.memory / part_between),
      finished_(options.network.windows.memory / part_between) {}

template <class Act>
bool DenoisePipeline::attempt(const DenoiseJob& job, Act act) {
  try {
    act();
    return true;
  } catch (const MemoryError&) {
    outcomes_.failed(job, std::current_exception());
  } catch (const DeviceError&) {
    give_up(std::current_exception());  // No other file would fare better.
  } catch (const std::exception&) {
    outcomes_.failed(job, std::current_exception());
  }
  return false;
}

void DenoisePipeline::give_up(const std::exception_ptr& failure) {
  {
    const std::lock_guard lock(failing_);
    if (!failure_) failure_ = failure;
  }
  next_job_ = jobs_.size();
  loaded_.discard();
}

/// Threads that all do the same; `ended` is called by the last.
void DenoisePipeline::start(std::vector<std::jthread>& threads, int count, const std::function<void()>& work,
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

void DenoisePipeline::load() {
  for (std::size_t i = next_job_++; i < jobs_.size() && !stop_(); i = next_job_++) {
    const DenoiseJob& job = jobs_[i];
    attempt(job, [&] {
      const Clock::time_point begin = Clock::now();
      const FileStamp stamp = stamp_of(job.input);
      JobImages read = read_images(job, options_, sample_);
      DenoisedFile file{.images = read.images.size(), .shape = read.images[0].shape};
      if (job.kind == DenoiseJob::Kind::picture) file.noise_before = estimated_noise(read.images[0]);
      const std::size_t bytes = bytes_of(read.images);
      file.seconds = seconds_since(begin);
      loaded_.push({&job, read.codec, stamp, std::move(read.images), file}, bytes);
    });
  }
}

std::vector<DenoisePipeline::Loaded> DenoisePipeline::next_group(PhotoDenoiser& denoiser) {
  const std::lock_guard lock(grouping_);
  std::vector<Loaded> group;
  std::size_t images = 0, pixels = 0, wanted = 1;
  while (images < wanted && pixels < most_pixels_together) {
    std::optional<Loaded> next = loaded_.pop();
    if (!next) break;
    if (group.empty()) wanted = denoiser.enough(next->images[0]);
    images += next->images.size();
    pixels += area(next->images);
    group.push_back(std::move(*next));
  }
  return group;
}

void DenoisePipeline::process(PhotoDenoiser& denoiser) {
  for (std::vector<Loaded> group = next_group(denoiser); !group.empty(); group = next_group(denoiser)) {
    std::erase_if(group,
                  [&](const Loaded& each) { return !attempt(*each.job, [&] { denoiser.check(each.images[0]); }); });
    denoise(denoiser, std::move(group));
    if (stop_()) loaded_.discard();
  }
}

/// Denoises the images of all files of a group, in their order. Empty when told to stop.
std::vector<Denoised> DenoisePipeline::answers(PhotoDenoiser& denoiser, std::span<const Loaded> group) {
  std::vector<const Picture*> images;
  std::size_t all = 0;
  for (const Loaded& each : group) {
    for (const Picture& image : each.images) images.push_back(&image);
    all += area(each.images);
  }
  const double files_a_pixel = static_cast<double>(group.size()) / static_cast<double>(all);
  std::vector<Denoised> results;
  while (results.size() < images.size()) {
    // A part at a time: what the network needs beside them would take ten times the size of a large IDX file.
    std::size_t count = 0, pixels = 0;
    for (std::size_t i = results.size(); i < images.size() && pixels < most_pixels_together; ++i, ++count)
      pixels += area(*images[i]);
    double part_before = 0;
    const auto watch = [&](double part) {
      const double more = (part - part_before) * static_cast<double>(pixels);
      outcomes_.processed(more * files_a_pixel, more);
      part_before = part;
      return !stop_();
    };
    std::vector<Denoised> here = denoiser(std::span(images).subspan(results.size(), count), watch);
    if (here.empty()) return {};
    std::ranges::move(here, std::back_inserter(results));
  }
  return results;
}

void DenoisePipeline::denoise(PhotoDenoiser& denoiser, std::vector<Loaded> group) {
  if (group.empty() || stop_()) return;
  const Clock::time_point begin = Clock::now();
  std::vector<Denoised> results;
  if (group.size() == 1) {
    if (!attempt(*group[0].job, [&] { results = answers(denoiser, group); })) return;
  } else {
    try {
      results = answers(denoiser, group);
    } catch (const std::exception&) {
      // Together they may take more memory than each alone; a file that still fails spoils no other.
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
  std::size_t all = 0, first = 0;
  for (const Loaded& each : group) all += area(each.images);
  for (Loaded& each : group) {
    each.file.seconds += seconds * static_cast<double>(area(each.images)) / static_cast<double>(all);
    if (each.job->noisy.empty()) each.images.clear();
    Finished finished{std::move(each), {}};
    std::size_t bytes = bytes_of(finished.input.images);
    for (std::size_t i = 0; i < finished.input.file.images; ++i, ++first) {
      bytes += bytes_of(results[first].picture);
      finished.results.push_back(std::move(results[first]));
    }
    finished_.push(std::move(finished), bytes);
  }
}

void DenoisePipeline::write(Finished& finished) {
  Loaded& input = finished.input;
  const DenoiseJob& job = *input.job;
  if (const std::string_view problem = problem_of(finished.results); !problem.empty())
    throw NumericError(std::string(problem));
  const Clock::time_point begin = Clock::now();
  std::vector<Picture> results;
  for (Denoised& result : finished.results) results.push_back(std::move(result.picture));
  if (job.kind == DenoiseJob::Kind::picture) input.file.noise_after = estimated_noise(results[0]);
  make_folder(job.output.parent_path());
  outcomes_.started(job);
  if (!job.noisy.empty()) write_images(job.noisy, job, input.codec, std::move(input.images), options_.encode);
  write_images(job.output, job, input.codec, std::move(results), options_.encode);
  input.file.seconds += seconds_since(begin);
  outcomes_.done(job, input.stamp, input.file);
}

void DenoisePipeline::save() {
  while (std::optional<Finished> next = finished_.pop()) attempt(*next->input.job, [&] { write(*next); });
}

void DenoisePipeline::run(std::span<const std::unique_ptr<PhotoDenoiser>> denoisers) {
  std::mutex mutex;
  std::condition_variable changed;
  bool saved = false;
  {
    std::vector<std::jthread> workers;
    std::atomic<std::size_t> next_denoiser{0};
    start(
        workers, options_.jobs->load, [&] { load(); }, [&] { loaded_.close(); });
    start(
        workers, options_.jobs->process, [&] { process(*denoisers[next_denoiser++]); }, [&] { finished_.close(); });
    start(
        workers, options_.jobs->save, [&] { save(); },
        [&] {
          const std::lock_guard lock(mutex);
          saved = true;
          changed.notify_all();
        });
    std::unique_lock lock(mutex);
    while (!changed.wait_for(lock, std::chrono::milliseconds(100), [&] { return saved; })) outcomes_.tick();
  }
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace dae
