#include "host/images/formats.hpp"

#include <fmt/format.h>
#include <webp/decode.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <memory>

#include "dae/error.hpp"

namespace dae {
namespace {

const std::uint8_t* data_of(std::string_view bytes) { return reinterpret_cast<const std::uint8_t*>(bytes.data()); }

using Mux = std::unique_ptr<WebPMux, decltype(&WebPMuxDelete)>;

std::string chunk(const Mux& mux, const char* kind) {
  WebPData data;
  if (WebPMuxGetChunk(mux.get(), kind, &data) != WEBP_MUX_OK) return {};
  return {reinterpret_cast<const char*>(data.bytes), data.size};
}

Metadata metadata_of(std::string_view bytes) {
  const WebPData data{data_of(bytes), bytes.size()};
  const Mux mux(WebPMuxCreate(&data, 0), WebPMuxDelete);
  if (mux == nullptr) return {};
  return {chunk(mux, "EXIF"), chunk(mux, "XMP "), chunk(mux, "ICCP")};
}

/// Colour and, where there is some, transparency.
std::vector<std::uint8_t> interleaved(const Picture& picture) {
  const auto& pixels = std::get<0>(picture.pixels);
  if (picture.shape.c >= 3) return pixels;
  std::vector<std::uint8_t> result;
  const auto channels = static_cast<std::size_t>(picture.shape.c);
  result.reserve(pixels.size() / channels * (channels + 2));
  for (std::size_t i = 0; i < pixels.size(); i += channels) {
    result.insert(result.end(), 3, pixels[i]);
    if (channels == 2) result.push_back(pixels[i + 1]);
  }
  return result;
}

std::string with_metadata(std::string_view image, const Metadata& metadata) {
  const Mux mux(WebPMuxNew(), WebPMuxDelete);
  const WebPData data{data_of(image), image.size()};
  bool set = mux != nullptr && WebPMuxSetImage(mux.get(), &data, 1) == WEBP_MUX_OK;
  for (const auto& [kind, bytes] :
       {std::pair{"EXIF", &metadata.exif}, {"XMP ", &metadata.xmp}, {"ICCP", &metadata.icc}}) {
    const WebPData content{data_of(*bytes), bytes->size()};
    if (!bytes->empty()) set = set && WebPMuxSetChunk(mux.get(), kind, &content, 1) == WEBP_MUX_OK;
  }
  WebPData all{};
  if (!set || WebPMuxAssemble(mux.get(), &all) != WEBP_MUX_OK) throw UsageError("cannot make a WebP file");
  std::string result(reinterpret_cast<const char*>(all.bytes), all.size);
  WebPDataClear(&all);
  return result;
}

}  // namespace

Picture decode_webp(std::string_view bytes, std::string_view name, std::size_t limit) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(data_of(bytes), bytes.size(), &features) != VP8_STATUS_OK || features.width <= 0)
    throw InputError(fmt::format("{} is a damaged or truncated WebP file", name));
  if (features.has_animation != 0) throw InputError(fmt::format("{} is an animation; give a single picture", name));
  check_area(static_cast<std::size_t>(features.width), static_cast<std::size_t>(features.height), limit, name);
  Picture picture{{1, features.height, features.width, features.has_alpha != 0 ? 4 : 3}, {}, metadata_of(bytes)};
  auto& pixels = picture.pixels.emplace<0>(picture.shape.size());
  const auto decode = features.has_alpha != 0 ? WebPDecodeRGBAInto : WebPDecodeRGBInto;
  if (decode(data_of(bytes), bytes.size(), pixels.data(), pixels.size(), picture.shape.w * picture.shape.c) == nullptr)
    throw InputError(fmt::format("{} is a damaged or truncated WebP file", name));
  return picture;
}

std::string encode_webp(const Picture& picture, int quality) {
  check_picture(picture);
  if (picture.pixels.index() != 0) throw UsageError("WebP files hold 8 bits");
  if (std::max(picture.shape.h, picture.shape.w) > WEBP_MAX_DIMENSION)
    throw UsageError(fmt::format("WebP files hold at most {} pixels a side; use --format png", WEBP_MAX_DIMENSION));
  const std::vector<std::uint8_t> pixels = interleaved(picture);
  const bool alpha = picture.shape.c % 2 == 0, lossless = quality == 100;
  const int w = picture.shape.w, h = picture.shape.h, row = w * (alpha ? 4 : 3);
  const auto q = static_cast<float>(quality);
  std::uint8_t* made = nullptr;
  const std::size_t size =
      lossless ? (alpha ? WebPEncodeLosslessRGBA : WebPEncodeLosslessRGB)(pixels.data(), w, h, row, &made)
               : (alpha ? WebPEncodeRGBA : WebPEncodeRGB)(pixels.data(), w, h, row, q, &made);
  const std::unique_ptr<std::uint8_t, decltype(&WebPFree)> owner(made, WebPFree);
  if (size == 0) throw UsageError("cannot make a WebP file");
  const std::string_view image(reinterpret_cast<const char*>(made), size);
  if (picture.metadata == Metadata{}) return std::string(image);
  return with_metadata(image, picture.metadata);
}

}  // namespace dae
