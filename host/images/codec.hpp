#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "host/images/picture.hpp"

/// \file
/// Every image format that dae reads and writes. A format is recognised by its first bytes, whatever the file's name.
namespace dae {

struct EncodeOptions {
  int quality = 95;  ///< 1 to 100, of JPEG and WebP; WebP of 100 is lossless.
};

struct Codec {
  std::string_view name;                           ///< As --format calls it: "png".
  std::string_view title;                          ///< As people write it: "PNG".
  std::span<const std::string_view> extensions;    ///< In lower case with the dot; the first is the usual one.
  bool alpha = false, deep = false, real = false;  ///< Whether the format holds transparency, 16 bit, float.
  bool (*recognizes)(std::string_view start) = nullptr;
  /// Throws InputError, calling the file `name`.
  Picture (*decode)(std::string_view bytes, std::string_view name, std::size_t limit) = nullptr;
  /// For a picture that the format holds. Throws UsageError where it does not.
  std::string (*encode)(const Picture& picture, const EncodeOptions& options) = nullptr;
};

std::span<const Codec> codecs();
/// Their titles as a list: "PNG, JPEG ...".
std::string codec_titles();

/// The codec that recognises a file by its start; null when none does.
const Codec* codec_of_bytes(std::string_view start);
/// The codec of a name ("jpeg"); throws UsageError with the nearest one.
const Codec& codec_named(std::string_view name);
/// Whether the path ends as an image does that a codec reads.
bool has_image_name(const std::filesystem::path& path);

/// A picture and the codec that read it.
struct ReadPicture {
  Picture picture;
  const Codec* codec = nullptr;
};

/// Throws InputError for a file that cannot be read, that no codec recognises, or that is damaged.
ReadPicture read_picture(const std::filesystem::path& path, std::size_t limit = picture_limit);
/// The same from bytes; `name` is what messages call the file.
ReadPicture decode_picture(std::string_view bytes, std::string_view name, std::size_t limit = picture_limit);

/// Fewer bits where the format has no more: float and 16 bit become 8 or 16. Transparency is never dropped: throws
/// UsageError where the format has none.
Picture fit_to(const Codec& codec, Picture picture);

/// fit_to, encode, and an atomic write. Throws UsageError and OutputError.
void write_picture(const std::filesystem::path& path, const Codec& codec, Picture picture,
                   const EncodeOptions& options = {});

}  // namespace dae
