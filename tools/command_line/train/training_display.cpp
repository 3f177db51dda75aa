#include "tools/command_line/train/training_display.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "host/text/json_text.hpp"
#include "host/text/text.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

constexpr std::chrono::milliseconds redraw_interval{100};
constexpr std::chrono::seconds line_interval{20};

std::string speed_text(double images_per_s) {
  return fmt::format("{} images/s", with_commas(static_cast<std::uint64_t>(std::llround(images_per_s))));
}

using json = nlohmann::ordered_json;

void print(const char* event, const json& values) {
  json object = {{"event", event}};
  object.update(values);
  print_out("{}\n", dump_json(object));
}

}  // namespace

/// Four decimals as Keras prints, more where they would all be zeros.
static std::string loss_text(double loss) {
  return std::abs(loss) >= 0.01 ? fmt::format("{:.4f}", loss) : fmt::format("{:.3g}", loss);
}

/// ", 0.3 ms a step waiting for photos", where there are any.
static std::string wait_text(std::optional<double> wait_ms) {
  return wait_ms ? fmt::format(", {:.1f} ms a step waiting for photos", *wait_ms) : "";
}

TrainingDisplay::TrainingDisplay(bool quiet) : quiet_(quiet), terminal_(out_is_terminal()) {}

void TrainingDisplay::progressed(const TrainingProgress& progress) {
  if (quiet_) return;
  const auto now = std::chrono::steady_clock::now();
  const std::uint64_t tenths = progress.samples * 10 / progress.epoch_samples;
  if (terminal_) {
    if (now - printed_ < redraw_interval) return;
    draw_bar(progress);
  } else {
    if (tenths <= tenths_ && now - printed_ < line_interval) return;
    print_out("epoch {}/{}  {:3}%  loss {}  {}  ETA {}{}\n", progress.epoch, progress.epochs,
              progress.samples * 100 / progress.epoch_samples, loss_text(progress.loss),
              speed_text(progress.images_per_s), clock_text(progress.seconds_left), wait_text(progress.wait_ms));
  }
  tenths_ = tenths;
  printed_ = now;
}

/// The bar takes what the numbers leave of the line; on a narrow terminal it goes first, then the numbers from the
/// right.
void TrainingDisplay::draw_bar(const TrainingProgress& progress) {
  const std::string head = fmt::format("epoch {}/{} ", progress.epoch, progress.epochs);
  const std::string tail = fmt::format(" {:3}%  loss {}  {}  ETA {}{}", progress.samples * 100 / progress.epoch_samples,
                                       loss_text(progress.loss), speed_text(progress.images_per_s),
                                       clock_text(progress.seconds_left), wait_text(progress.wait_ms));
  const auto columns = static_cast<std::size_t>(std::max(1, terminal_width() - 1));
  const std::size_t used = head.size() + tail.size() + 2;
  std::string line = head;
  if (used + 5 <= columns) {
    const std::size_t length = std::min<std::size_t>(columns - used, 40);
    const auto done = static_cast<std::size_t>(progress.samples * length / progress.epoch_samples);
    line += fmt::format("[{}{}]", std::string(done, '='), std::string(length - done, ' '));
  }
  line += tail;
  line.resize(std::min(line.size(), columns));
  print_out("\r{}\x1b[K", line);
  bar_shown_ = true;
}

void TrainingDisplay::clear() {
  if (bar_shown_) print_out("\r\x1b[K");
  bar_shown_ = false;
}

void TrainingDisplay::epoch_ended(const EpochResult& result, const RunFacts& facts) {
  if (quiet_) return;
  clear();
  tenths_ = 0;
  const std::string floor = facts.floor ? fmt::format("floor {:.4f}", *facts.floor) : "";
  const char* const best = !result.best ? "" : floor.empty() ? "best so far" : "best so far, ";
  const std::string note = best + floor;
  print_out("epoch {}/{}: loss {}, val_loss {}{}, PSNR {:.2f} dB (noisy input {:.2f} dB: {}), {:.1f} s, {}{}\n",
            result.epoch, result.epochs, loss_text(result.loss), loss_text(result.val_loss),
            note.empty() ? "" : fmt::format(" ({})", note), result.val_psnr, facts.noisy_psnr, facts.noise,
            result.seconds, speed_text(result.images_per_s), wait_text(result.wait_ms));
}

void TrainingEvents::started(const json& record, const std::string& folder) const {
  if (!wanted_) return;
  print("start", {{"out", folder},
                  {"device", record.at("device")},
                  {"settings", record.at("settings")},
                  {"data", record.at("data")},
                  {"parameters", record.at("model").at("parameters")}});
}

void TrainingEvents::progressed(const TrainingProgress& progress) {
  const auto now = std::chrono::steady_clock::now();
  if (!wanted_ || now - printed_ < std::chrono::seconds(1)) return;
  printed_ = now;
  json values = {{"step", progress.step},
                 {"epoch", progress.epoch},
                 {"samples", progress.samples},
                 {"epoch_samples", progress.epoch_samples},
                 {"loss", progress.loss},
                 {"images_per_s", progress.images_per_s},
                 {"seconds_left", progress.seconds_left}};
  if (progress.wait_ms) values["wait_ms"] = *progress.wait_ms;
  print("progress", values);
}

void TrainingEvents::epoch_ended(const EpochResult& result, const RunFacts& facts) const {
  if (!wanted_) return;
  json values = {{"epoch", result.epoch},       {"epochs", result.epochs},     {"loss", result.loss},
                 {"val_loss", result.val_loss}, {"val_psnr", result.val_psnr}, {"noisy_psnr", facts.noisy_psnr},
                 {"noise", facts.noise},        {"seconds", result.seconds},   {"images_per_s", result.images_per_s},
                 {"best", result.best}};
  if (facts.floor) values["bce_floor"] = *facts.floor;
  if (result.wait_ms) values["wait_ms"] = *result.wait_ms;
  print("epoch", values);
}

void TrainingEvents::ended(const json& result) const {
  if (wanted_) print("end", result);
}

}  // namespace dae
