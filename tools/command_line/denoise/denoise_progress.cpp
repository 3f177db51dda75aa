#include "tools/command_line/denoise/denoise_progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "host/text/progress_line.hpp"
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

}  // namespace dae
