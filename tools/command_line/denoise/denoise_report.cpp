#include "tools/command_line/denoise/denoise_report.hpp"

#include <nlohmann/json.hpp>

#include "dae/error.hpp"
#include "host/text/json_text.hpp"
#include "host/text/quote.hpp"
#include "host/text/text.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {

DenoiseReport::DenoiseReport(Manifest& manifest, const DenoisePlan& plan, bool json)
    : manifest_(manifest),
      json_(json),
      done_before_(plan.done),
      foreign_(plan.foreign),
      progress_(plan.jobs.size(), json) {
  for (const ImageFiles::Left& link : plan.links)
    write_error(fmt::format("dae-cuda: {} {}\n", quote_path(link.path), link.reason));
  for (const ImageFiles::Left& left : plan.failed) fail(left.path, left.reason, exit_code::input);
}

void DenoiseReport::fail(const std::filesystem::path& input, const std::string& reason, int code) {
  const std::string file = quote_path(input);
  progress_.clear();
  // Messages of readers name the file already.
  const char* const between = reason.find(file) != std::string::npos ? "" : ": ";
  write_error(fmt::format("dae-cuda: {}{}{}\n", *between == 0 ? "" : file, between, reason));
  if (failed_++ == 0) exit_code_ = code;
}

void DenoiseReport::failed(const DenoiseJob& job, const std::exception_ptr& failure) {
  const std::string reason = message_of(failure);
  try {
    manifest_.failed(job, reason);
  } catch (const OutputError&) {
    // The disk is full, say. The line below tells what is the matter.
  }
  const std::lock_guard lock(mutex_);
  progress_.ended();
  fail(job.input, reason, exit_code::of(failure));
}

void DenoiseReport::done(const DenoiseJob& job, std::size_t images, const FileStamp& input,
                         const nlohmann::ordered_json& facts) {
  manifest_.done(job, input, facts);
  const std::lock_guard lock(mutex_);
  ++done_;
  progress_.ended();
  progress_.clear();
  if (!json_) {
    print_out("{} -> {} ({} image{})\n", quote_path(job.input), quote_path(job.output), with_commas(images),
              images == 1 ? "" : "s");
    return;
  }
  nlohmann::ordered_json line = {{"input", job.input.string()}, {"output", job.output.string()}, {"images", images}};
  if (!job.noisy.empty()) line["noisy"] = job.noisy.string();
  line.update(facts);
  print_out("{}\n", dump_json(line));
}

void DenoiseReport::processed(double files, double pixels) {
  const std::lock_guard lock(mutex_);
  progress_.processed(files, pixels);
}

void DenoiseReport::tick() {
  const std::lock_guard lock(mutex_);
  progress_.tick();
}

int DenoiseReport::finish() {
  const std::lock_guard lock(mutex_);
  progress_.clear();
  if (done_before_ > 0 && !json_)
    print_out("{} files were done already, by the same model and settings\n", with_commas(done_before_));
  if (foreign_ > 0)
    write_error(
        fmt::format("dae-cuda: {} results were there already and {} does not say that they were made here: they are "
                    "left as they are; --if-exists overwrite replaces them\n",
                    foreign_, manifest_name));
  if (failed_ > 0 && failed_ + done_ > 1)
    write_error(fmt::format("dae-cuda: {} of {} files failed\n", failed_, failed_ + done_));
  return exit_code_;
}

}  // namespace dae
