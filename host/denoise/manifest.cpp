#include "host/denoise/manifest.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "host/text/json_text.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

using Json = nlohmann::ordered_json;

/// Text for people, and where that loses bytes because they are no UTF-8, the bytes too, in hexadecimal digits.
void put_path(Json& line, const std::string& key, const std::string& path) {
  line[key] = path;
  if (is_utf8(path)) return;
  std::string hex;
  for (const char c : path) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  line[key + "_hex"] = hex;
}

std::string get_path(const Json& line, const std::string& key) {
  const auto hex = line.find(key + "_hex");
  if (hex == line.end()) return line.value(key, "");
  std::string path;
  const auto& digits = hex->get_ref<const std::string&>();
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    path += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return path;
}

std::uint64_t size_of(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  return error ? 0 : size;
}

}  // namespace

FileStamp stamp_of(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {};
  return {static_cast<std::uint64_t>(status.st_size),
          std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

Json facts_of(const DenoiseJob& job, const DenoisedFile& file) {
  if (job.kind != DenoiseJob::Kind::picture) return Json::object();
  return {{"width", file.shape.w},
          {"height", file.shape.h},
          {"channels", file.shape.c},
          {"seconds", file.seconds},
          {"noise_before", file.noise_before},
          {"noise_after", file.noise_after}};
}

Manifest::Manifest(const std::filesystem::path& folder, std::string settings)
    : folder_(folder), settings_(std::move(settings)) {
  read();
}

void Manifest::read() {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(folder_ / manifest_name, ignored)) return;  // a pipe would be waited for
  std::ifstream file(folder_ / manifest_name);
  for (std::string text; std::getline(file, text);) {
    try {
      const Json line = Json::parse(text);
      const std::string status = line.value("status", "");
      if (status == "failed") continue;
      entries_[get_path(line, "output")] = {
          status == "done",
          line.value("settings", ""),
          {line.value("input_bytes", std::uint64_t{0}), line.value("input_changed", std::int64_t{0})},
          line.value("output_bytes", std::uint64_t{0})};
    } catch (const std::exception&) {
      // Cut off by a power failure, or not ours: what it says of a result is not known then.
    }
  }
}

std::string Manifest::name_of(const DenoiseJob& job) const { return job.output.lexically_relative(folder_); }

Manifest::Known Manifest::known(const DenoiseJob& job) const {
  const auto found = entries_.find(name_of(job));
  if (found == entries_.end()) return Known::no;
  const Entry& entry = found->second;
  std::error_code ignored;
  const bool whole = std::filesystem::is_directory(job.output, ignored) || size_of(job.output) == entry.bytes;
  const bool noisy = job.noisy.empty() || std::filesystem::exists(job.noisy, ignored);
  const bool done = entry.done && whole && noisy && entry.settings == settings_ && entry.input == stamp_of(job.input);
  return done ? Known::done : Known::other;
}

void Manifest::open() {
  const std::filesystem::path path = folder_ / manifest_name;
  file_ = std::make_unique<AppendFile>(path, size_of(path));
  // A line that was cut off must not take the next one with it.
  std::ifstream before(path, std::ios::binary | std::ios::ate);
  if (before.tellg() > 0 && before.seekg(-1, std::ios::end).get() != '\n') file_->append("\n");
}

Json Manifest::line_of(const DenoiseJob& job, const char* status) const {
  Json line;
  put_path(line, "input", job.input);
  put_path(line, "output", name_of(job));
  line["status"] = status;
  line["settings"] = settings_;
  return line;
}

void Manifest::append(const Json& line) {
  const std::lock_guard lock(mutex_);
  file_->append(dump_json(line) + "\n");
}

void Manifest::started(const DenoiseJob& job) { append(line_of(job, "started")); }

void Manifest::done(const DenoiseJob& job, const FileStamp& input, const DenoisedFile& file) {
  Json line = line_of(job, "done");
  line["input_bytes"] = input.bytes;
  line["input_changed"] = input.changed;
  line["output_bytes"] = size_of(job.output);
  line.update(facts_of(job, file));
  append(line);
}

void Manifest::failed(const DenoiseJob& job, const std::string& reason) {
  Json line = line_of(job, "failed");
  line["reason"] = reason;
  append(line);
}

}  // namespace dae
