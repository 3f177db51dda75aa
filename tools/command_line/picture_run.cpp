#include "tools/command_line/picture_run.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "dae/error.hpp"
#include "host/atomic_file.hpp"
#include "host/json_text.hpp"
#include "host/noise_estimate.hpp"
#include "host/quote.hpp"
#include "tools/command_line/exit_code.hpp"

namespace dae {
namespace {

// Enough to fill the lanes of the widest device, and no more than fits beside the program.
constexpr std::size_t most_together = 16, most_pixels_together = std::size_t{1} << 22;

std::size_t area(const Shape& shape) { return static_cast<std::size_t>(shape.h) * static_cast<std::size_t>(shape.w); }

nlohmann::ordered_json entry(const DenoiseJob& job, const char* status) {
  return {{"input", job.input.string()}, {"output", job.output.string()}, {"status", status}};
}

std::uint64_t existing_size(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

PictureRun::PictureRun(const DenoiseOptions& options, std::function<void(const DenoiseJob&)> done, MakeDenoiser make)
    : options_(options), tell_(std::move(done)), make_(std::move(make)) {}

template <class Act>
void PictureRun::attempt(const DenoiseJob& job, Act act) {
  try {
    act();
  } catch (const Error&) {
    const std::exception_ptr failure = std::current_exception();
    const std::string reason = message_of(failure);
    const std::string file = quote_path(job.input);
    // Messages of readers name the file already.
    const std::string line = fmt::format("dae-cuda: {}{}\n", reason.starts_with(file) ? "" : file + ": ", reason);
    std::fwrite(line.data(), 1, line.size(), stderr);
    if (failed_++ == 0) exit_code_ = exit_code::of(failure);
    nlohmann::ordered_json note = entry(job, "failed");
    note["reason"] = reason;
    if (manifest_ != nullptr) manifest_->append(dump_json(note) + "\n");
  }
}

void PictureRun::add(const DenoiseJob& job, std::uint32_t id) {
  if (denoiser_ == nullptr) {
    denoiser_ = make_();
    const std::filesystem::path path = options_.out / "manifest.jsonl";
    manifest_ = std::make_unique<AppendFile>(path, existing_size(path));
  }
  attempt(job, [&] {
    ReadPicture read = read_picture(job.input, options_.most_pixels);
    if (options_.add_noise) add_noise(read.picture, *options_.add_noise, id);
    if (!waiting_.empty() && (waiting_[0].picture.shape != read.picture.shape || waiting_.size() == most_together ||
                              (waiting_.size() + 1) * area(read.picture.shape) > most_pixels_together))
      flush();
    waiting_.push_back({job, options_.format != nullptr ? options_.format : read.codec, std::move(read.picture)});
  });
}

void PictureRun::write(const Waiting& input, Denoised result, double seconds) {
  if (!result.problem.empty()) throw NumericError(std::string(result.problem));
  nlohmann::ordered_json note = entry(input.job, "done");
  note["width"] = result.picture.shape.w;
  note["height"] = result.picture.shape.h;
  note["channels"] = result.picture.shape.c;
  note["seconds"] = seconds;
  note["noise_before"] = estimated_noise(input.picture);
  note["noise_after"] = estimated_noise(result.picture);
  make_folder(input.job.output.parent_path());
  if (!input.job.noisy.empty()) write_picture(input.job.noisy, *input.codec, input.picture, options_.encode);
  write_picture(input.job.output, *input.codec, std::move(result.picture), options_.encode);
  manifest_->append(dump_json(note) + "\n");
  ++done_;
  tell_(input.job);
}

void PictureRun::flush() {
  const std::vector<Waiting> inputs = std::move(waiting_);
  waiting_.clear();
  if (inputs.empty()) return;
  std::vector<const Picture*> pictures;
  for (const Waiting& input : inputs) pictures.push_back(&input.picture);
  const auto start = std::chrono::steady_clock::now();
  std::vector<Denoised> results;
  std::exception_ptr failure;
  try {
    results = (*denoiser_)(pictures);
  } catch (const Error&) {
    failure = std::current_exception();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    attempt(inputs[i].job, [&] {
      if (failure) std::rethrow_exception(failure);
      write(inputs[i], std::move(results[i]), took.count() / static_cast<double>(inputs.size()));
    });
}

int PictureRun::finish() {
  flush();
  if (failed_ > 0) {
    const std::string line = fmt::format("dae-cuda: {} of {} pictures failed\n", failed_, failed_ + done_);
    if (failed_ + done_ > 1) std::fwrite(line.data(), 1, line.size(), stderr);
  }
  return exit_code_;
}

}  // namespace dae
