#include "host/files/csv_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include "host/files/input_file.hpp"

namespace dae {
namespace {

/// A step's row has about 50 bytes: room for 20 million steps.
constexpr std::size_t largest_file = std::size_t{1} << 30;

std::string contents(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error) ? read_file(path, largest_file) : std::string();
}

/// Takes the next whole line off the text, without its newline.
std::optional<std::string_view> next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

/// Bytes of the header and of the rows up to `last`, up to the first line that is not the next row of a table.
std::uint64_t bytes_kept(std::string_view text, std::string_view header, std::uint64_t last) {
  const std::size_t all = text.size();
  if (next_line(text) != header) return 0;
  std::uint64_t before = 0;
  std::size_t bytes = all - text.size();
  while (const auto line = next_line(text)) {
    std::uint64_t key = 0;
    const auto [end, error] = std::from_chars(line->data(), line->data() + line->size(), key);
    if (error != std::errc() || key <= before || key > last) break;
    before = key;
    bytes = all - text.size();
  }
  return bytes;
}

/// The numbers between the commas; false when something else stands there.
bool parse_row(std::string_view line, std::vector<double>& row) {
  row.clear();
  const char *at = line.data(), *end = line.data() + line.size();
  while (at < end) {
    double value = 0;
    const auto [stop, error] = std::from_chars(at, end, value);
    if (error != std::errc() || (stop != end && *stop != ',')) return false;
    row.push_back(value);
    at = stop + 1;
  }
  return true;
}

}  // namespace

CsvLog::CsvLog(const std::filesystem::path& path, std::string_view header, std::uint64_t last)
    : file_(path, last > 0 ? bytes_kept(contents(path), header, last) : 0) {
  if (file_.size() == 0) file_.append(fmt::format("{}\n", header));
}

void CsvReader::read(const std::function<void(std::span<const double>)>& take) {
  std::vector<char> buffer(1 << 16);
  std::vector<double> row;
  while (const std::size_t n = damaged_ ? 0 : file_.read(buffer)) {
    text_.append(buffer.data(), n);
    std::string_view rest = text_;
    while (const auto line = next_line(rest)) {
      if (columns_ == 0) {
        columns_ = static_cast<std::size_t>(std::count(line->begin(), line->end(), ',')) + 1;
        continue;
      }
      damaged_ = !parse_row(*line, row) || row.size() != columns_;
      if (damaged_) return;
      take(row);
    }
    text_.erase(0, text_.size() - rest.size());
  }
}

void for_each_row(const std::filesystem::path& path, const std::function<void(std::span<const double>)>& take) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) CsvReader(path).read(take);
}

std::vector<std::vector<double>> read_csv(const std::filesystem::path& path) {
  std::vector<std::vector<double>> rows;
  for_each_row(path, [&](std::span<const double> row) { rows.emplace_back(row.begin(), row.end()); });
  return rows;
}

}  // namespace dae
