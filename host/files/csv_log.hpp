#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/files/append_file.hpp"
#include "host/files/input_file.hpp"

namespace dae {

/// A table that grows by rows at its end while a run goes on. The first column counts upwards: a step or an epoch.
class CsvLog {
 public:
  /// Starts the file with its header line, or goes on with it: keeps the whole rows whose first column is at most
  /// `last`, and cuts off the rest. Throws OutputError.
  CsvLog(const std::filesystem::path& path, std::string_view header, std::uint64_t last = 0);

  /// Writes rows, each ending in a newline, at the end. Throws OutputError.
  void append(std::string_view rows) { file_.append(rows); }

 private:
  AppendFile file_;
};

/// Reads a file that CsvLog writes while it grows. Memory does not grow with the file.
class CsvReader {
 public:
  /// Throws InputError.
  explicit CsvReader(const std::filesystem::path& path) : file_(path) {}

  /// Hands over the numbers of the rows that were written since the last call, up to the first row that is not whole.
  void read(const std::function<void(std::span<const double>)>& take);

 private:
  InputFile file_;
  std::string text_;         ///< Read, but not handed over yet.
  std::size_t columns_ = 0;  ///< 0 before the header.
  bool damaged_ = false;
};

/// Hands over the numbers of a file that CsvLog wrote, row by row, up to the first row that is not whole; nothing when
/// there is no such file.
void for_each_row(const std::filesystem::path& path, const std::function<void(std::span<const double>)>& take);

/// The numbers of a file that CsvLog wrote, a vector a row; rows that are not whole are left out. Empty when there is
/// no such file.
std::vector<std::vector<double>> read_csv(const std::filesystem::path&);

}  // namespace dae
