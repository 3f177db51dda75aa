#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "host/files/append_file.hpp"

namespace dae {

/// A file that TensorBoard reads: records (length, its checksum, bytes, theirs; checksums are masked CRC-32C) that each
/// hold one `Event` of TensorFlow's event.proto.
class EventFile {
 public:
  /// Starts events.out.tfevents.<seconds>.dae-cuda in the folder, which is made where it is missing; the time keeps
  /// files of one folder apart and in order. Throws OutputError.
  explicit EventFile(const std::filesystem::path& folder);

  /// Throw OutputError.
  void scalar(std::string_view tag, std::uint64_t step, double value);
  void png(std::string_view tag, std::uint64_t step, int height, int width, std::string_view bytes);

 private:
  void summary(std::uint64_t step, std::string_view value);
  void record(std::string_view event);

  AppendFile file_;
};

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4).
std::uint32_t crc32c(std::string_view bytes);

}  // namespace dae
