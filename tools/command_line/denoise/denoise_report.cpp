#include "tools/command_line/denoise/denoise_report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/text/json_text.hpp"
#include "host/text/quote.hpp"
#include "host/text/text.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

constexpr std::chrono::milliseconds redraw_interval{200};
constexpr std::chrono::seconds line_interval{10};

}  // namespace

DenoiseProgress::DenoiseProgress(std::size_t files, bool quiet)
    : files_(files),
      terminal_(is_terminal(STDERR_FILENO)),
      quiet_(quiet),
      start_(std::chrono::steady_clock::now()),
      drawn_(start_) {}

void DenoiseProgress::processed(double files, double pixels) {
  processed_ += files;
  pixels_ += pixels;
}

void DenoiseProgress::draw(double seconds) {
  // Files that fail before they are processed count when they end.
  const double part = std::max(processed_, static_cast<double>(ended_)) / static_cast<double>(files_);
  const std::string text = progress_text(files_, ended_, part, pixels_, seconds);
  if (!terminal_) return write_error("dae-cuda: " + text + "\n");
  write_error(fmt::format("\r{}\x1b[K", progress_bar(text, part, terminal_width(STDERR_FILENO))));
  shown_ = true;
}

void DenoiseProgress::tick() {
  const auto now = std::chrono::steady_clock::now();
  if (quiet_ || now - drawn_ < (terminal_ ? std::chrono::milliseconds(redraw_interval) : line_interval)) return;
  drawn_ = now;
  draw(std::chrono::duration<double>(now - start_).count());
}

void DenoiseProgress::clear() {
  if (shown_) write_error("\r\x1b[K");
  shown_ = false;
}

void DenoiseReport::planned(const DenoisePlan& plan) {
  done_before_ = plan.done;
  foreign_ = plan.foreign;
  progress_.emplace(plan.jobs.size() + plan.failed.size(), json_);
  for (const ImageFiles::Left& link : plan.links)
    write_error(fmt::format("dae-cuda: {} {}\n", quote_path(link.path), link.reason));
}

void DenoiseReport::failed(const std::filesystem::path& input, const std::exception_ptr& failure) {
  const std::string file = quote_path(input), reason = message_of(failure);
  progress_->ended();
  progress_->clear();
  // Messages of readers name the file already.
  const bool named = reason.find(file) != std::string::npos;
  write_error(fmt::format("dae-cuda: {}{}\n", named ? "" : file + ": ", reason));
}

void DenoiseReport::done(const DenoiseJob& job, const DenoisedFile& file) {
  progress_->ended();
  progress_->clear();
  if (!json_) {
    print_out("{} -> {} ({} image{})\n", quote_path(job.input), quote_path(job.output), with_commas(file.images),
              file.images == 1 ? "" : "s");
    return;
  }
  nlohmann::ordered_json line = {
      {"input", job.input.string()}, {"output", job.output.string()}, {"images", file.images}};
  if (!job.noisy.empty()) line["noisy"] = job.noisy.string();
  line.update(facts_of(job, file));
  print_out("{}\n", dump_json(line));
}

void DenoiseReport::finish(const DenoiseSummary& summary) {
  progress_->clear();
  if (done_before_ > 0 && !json_)
    print_out("{} files were done already, by the same model and settings\n", with_commas(done_before_));
  if (foreign_ > 0)
    write_error(
        fmt::format("dae-cuda: {} results were there already and {} does not say that they were made here: they are "
                    "left as they are; --if-exists overwrite replaces them\n",
                    foreign_, manifest_name));
  if (summary.failed > 0 && summary.failed + summary.done > 1)
    write_error(fmt::format("dae-cuda: {} of {} files failed\n", summary.failed, summary.failed + summary.done));
}

}  // namespace dae
