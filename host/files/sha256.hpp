#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace dae {

/// SHA-256 (FIPS 180-4), fed piece by piece.
class Sha256 {
 public:
  void add(std::span<const std::uint8_t> bytes);
  /// The digest as 64 lower-case hexadecimal digits. The object is used up.
  [[nodiscard]] std::string finish();

 private:
  void compress(const std::uint8_t* block);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> block_{};
  std::size_t filled_ = 0;
  std::uint64_t total_ = 0;
};

/// The digest of a file's bytes, as sha256sum prints it. Throws InputError.
std::string sha256_of_file(const std::filesystem::path&);

}  // namespace dae
