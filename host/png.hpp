#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dae/batch.hpp"
#include "dae/shape.hpp"

namespace dae {

/// One image of 1 to 4 channels (grey, grey and alpha, RGB, RGBA), h x w x c interleaved, 8 or 16 bit.
struct Picture {
  Shape shape;
  std::variant<std::vector<std::uint8_t>, std::vector<std::uint16_t>> pixels;

  /// A view that lives as long as this picture.
  [[nodiscard]] Image image() const;
};

/// More pixels than this are refused, unless the caller raises the limit: such a file is more often an attack than a
/// picture.
inline constexpr std::size_t picture_limit = std::size_t{1} << 28;

/// Reads any PNG: palettes and bit depths under 8 are expanded to 8 bit, transparency becomes an alpha channel, gamma
/// and colour profile are left alone. Throws InputError.
Picture read_png(const std::filesystem::path& path, std::size_t limit = picture_limit);

/// The same from bytes; `name` is what messages call the file.
Picture decode_png(std::string_view bytes, std::string_view name, std::size_t limit = picture_limit);

/// Writes atomically. Throws UsageError when the pixels do not fit the shape, and OutputError.
void write_png(const std::filesystem::path& path, const Picture& picture);

/// The bytes of the file that write_png writes.
std::string encode_png(const Picture& picture);

}  // namespace dae
