#include "host/images/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "dae/error.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/input_file.hpp"
#include "host/images/formats.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t largest_file = std::size_t{1} << 32;

constexpr std::array png_names = {".png"sv};
constexpr std::array jpeg_names = {".jpg"sv, ".jpeg"sv, ".jpe"sv};
constexpr std::array tiff_names = {".tif"sv, ".tiff"sv};
constexpr std::array webp_names = {".webp"sv};
constexpr std::array pnm_names = {".pnm"sv, ".pgm"sv, ".ppm"sv, ".pbm"sv};

bool is_png(std::string_view start) { return start.starts_with("\x89PNG\r\n\x1a\n"); }
bool is_jpeg(std::string_view start) { return start.starts_with("\xff\xd8\xff"); }
bool is_tiff(std::string_view start) {
  return start.starts_with("II*\0"sv) || start.starts_with("MM\0*"sv) || start.starts_with("II+\0"sv) ||
         start.starts_with("MM\0+"sv);
}
bool is_webp(std::string_view start) { return start.starts_with("RIFF") && start.substr(0, 12).ends_with("WEBP"); }
bool is_pnm(std::string_view start) {
  return start.size() > 2 && start[0] == 'P' && start[1] >= '1' && start[1] <= '6' &&
         std::isspace(static_cast<unsigned char>(start[2])) != 0;
}

const std::array table = {
    Codec{"png", "PNG", png_names, true, true, false, is_png, decode_png,
          [](const Picture& picture, const EncodeOptions&) { return encode_png(picture); }},
    Codec{"jpeg", "JPEG", jpeg_names, false, false, false, is_jpeg, decode_jpeg,
          [](const Picture& picture, const EncodeOptions& options) { return encode_jpeg(picture, options.quality); }},
    Codec{"tiff", "TIFF", tiff_names, true, true, true, is_tiff, decode_tiff,
          [](const Picture& picture, const EncodeOptions&) { return encode_tiff(picture); }},
    Codec{"webp", "WebP", webp_names, true, false, false, is_webp, decode_webp,
          [](const Picture& picture, const EncodeOptions& options) { return encode_webp(picture, options.quality); }},
    Codec{"pnm", "PNM", pnm_names, false, true, false, is_pnm, decode_pnm,
          [](const Picture& picture, const EncodeOptions&) { return encode_pnm(picture); }},
};

const Codec& codec_of(std::string_view start, std::string_view name) {
  if (start.empty()) throw InputError(fmt::format("{} is empty; give an image", name));
  const Codec* codec = codec_of_bytes(start);
  if (codec == nullptr)
    throw InputError(fmt::format("{} is no image of a format that can be read: {}", name, codec_titles()));
  return *codec;
}

template <class To, class From>
std::vector<To> converted(const std::vector<From>& pixels) {
  std::vector<To> result(pixels.size());
  std::ranges::transform(pixels, result.begin(), [](From v) { return pixel_of<To>(unit_of(v)); });
  return result;
}

}  // namespace

std::span<const Codec> codecs() { return table; }

std::string codec_titles() {
  std::string titles;
  for (const Codec& codec : table) titles.append(titles.empty() ? "" : ", ").append(codec.title);
  return titles;
}

const Codec* codec_of_bytes(std::string_view start) {
  const auto found = std::ranges::find_if(table, [&](const Codec& codec) { return codec.recognizes(start); });
  return found == table.end() ? nullptr : &*found;
}

const Codec& codec_named(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Codec& codec : table) {
    if (codec.name == name) return codec;
    names.push_back(codec.name);
  }
  throw UsageError(fmt::format("unknown image format {}; there are {}", quote(name), fmt::join(names, ", ")));
}

bool has_image_name(const std::filesystem::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::any_of(
      table, [&](const Codec& codec) { return std::ranges::find(codec.extensions, ending) != codec.extensions.end(); });
}

ReadPicture decode_picture(std::string_view bytes, std::string_view name, std::size_t limit) {
  const Codec& codec = codec_of(bytes, name);
  return {codec.decode(bytes, name, limit), &codec};
}

ReadPicture read_picture(const std::filesystem::path& path, std::size_t limit) {
  {  // Before all of it: a file of gigabytes costs its maker nothing.
    std::array<char, 16> start{};
    (void)codec_of({start.data(), InputFile(path).read(start)}, quote_path(path));
  }
  return decode_picture(read_file(path, largest_file), quote_path(path), limit);
}

Picture fit_to(const Codec& codec, Picture picture) {
  check_picture(picture);
  if (picture.shape.c % 2 == 0 && !codec.alpha)
    throw UsageError(
        fmt::format("{} files hold no transparency, and this picture has some; use --format png", codec.name));
  if (const auto* real = std::get_if<2>(&picture.pixels); real != nullptr && !codec.real) {
    if (codec.deep)
      picture.pixels = converted<std::uint16_t>(*real);
    else
      picture.pixels = converted<std::uint8_t>(*real);
  } else if (const auto* deep = std::get_if<1>(&picture.pixels); deep != nullptr && !codec.deep) {
    picture.pixels = converted<std::uint8_t>(*deep);
  }
  return picture;
}

void write_picture(const std::filesystem::path& path, const Codec& codec, Picture picture,
                   const EncodeOptions& options) {
  write_file(path, codec.encode(fit_to(codec, std::move(picture)), options));
}

}  // namespace dae
