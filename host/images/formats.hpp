#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "host/images/picture.hpp"

/// \file
/// The image formats one by one; host/images/codec.hpp finds the right one. Decoders read a file from bytes, and `name`
/// is what messages call it; they throw InputError. Encoders make the bytes of a file, and throw UsageError for what
/// the format cannot hold.
namespace dae {

Picture decode_jpeg(std::string_view bytes, std::string_view name, std::size_t limit = picture_limit);
std::string encode_jpeg(const Picture& picture, int quality);

Picture decode_pnm(std::string_view bytes, std::string_view name, std::size_t limit = picture_limit);
std::string encode_pnm(const Picture& picture);

Picture decode_tiff(std::string_view bytes, std::string_view name, std::size_t limit = picture_limit);
std::string encode_tiff(const Picture& picture);

Picture decode_webp(std::string_view bytes, std::string_view name, std::size_t limit = picture_limit);
std::string encode_webp(const Picture& picture, int quality);

/// Any PNG: palettes and bit depths under 8 are expanded to 8 bit, transparency becomes an alpha channel, gamma is left
/// alone.
Picture decode_png(std::string_view bytes, std::string_view name, std::size_t limit = picture_limit);
Picture read_png(const std::filesystem::path& path, std::size_t limit = picture_limit);

/// There is no PNG of float, nor of pixels that do not fit the shape. write_png writes atomically and throws
/// OutputError too.
std::string encode_png(const Picture& picture);
void write_png(const std::filesystem::path& path, const Picture& picture);

}  // namespace dae
