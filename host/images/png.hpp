#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "host/images/picture.hpp"

namespace dae {

/// Reads any PNG: palettes and bit depths under 8 are expanded to 8 bit, transparency becomes an alpha channel, gamma
/// is left alone. Throws InputError.
Picture read_png(const std::filesystem::path& path, std::size_t limit = picture_limit);

/// The same from bytes; `name` is what messages call the file.
Picture decode_png(std::string_view bytes, std::string_view name, std::size_t limit = picture_limit);

/// Writes atomically. Throws UsageError for float and when the pixels do not fit the shape, and OutputError.
void write_png(const std::filesystem::path& path, const Picture& picture);

/// The bytes of the file that write_png writes.
std::string encode_png(const Picture& picture);

}  // namespace dae
