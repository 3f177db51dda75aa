#include "host/data/photo.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <span>

#include "dae/error.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/images/codec.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

/// Luma of ITU-R BT.601, as PNG and JPEG readers have it.
template <class Pixel>
Pixel grey_of(const Pixel* rgb) {
  const double luma = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
  return static_cast<Pixel>(std::is_integral_v<Pixel> ? luma + 0.5 : luma);
}

template <class Pixel>
std::vector<Pixel> with_channels(const std::vector<Pixel>& pixels, std::size_t have, std::size_t want) {
  const bool colour = have >= 3;
  std::vector<Pixel> result;
  result.reserve(pixels.size() / have * want);
  for (std::size_t at = 0; at + have <= pixels.size(); at += have)
    for (std::size_t c = 0; c < want; ++c)
      result.push_back(!colour ? pixels[at] : want == 1 ? grey_of(&pixels[at]) : pixels[at + c]);
  return result;
}

Picture read_with_channels(const std::filesystem::path& file, int channels) {
  Picture picture = read_picture(file).picture;
  check_finite(picture, quote_path(file));
  picture.metadata = {};
  picture.shape.n = 1;
  if (picture.shape.c == channels) return picture;
  const auto have = static_cast<std::size_t>(picture.shape.c), want = static_cast<std::size_t>(channels);
  std::visit([&](auto& pixels) { pixels = with_channels(pixels, have, want); }, picture.pixels);
  picture.shape.c = channels;
  return picture;
}

std::span<const std::byte> bytes_of(const Picture& picture) {
  return std::visit([](const auto& pixels) { return std::as_bytes(std::span(pixels)); }, picture.pixels);
}

}  // namespace

Photo read_photo(std::string name, std::filesystem::path file, std::filesystem::path noisy, int channels) {
  PhotoPixels pixels{read_with_channels(file, channels), std::nullopt};
  if (!noisy.empty()) pixels.noisy = read_with_channels(noisy, channels);
  const Shape shape = pixels.clean.shape;
  if (pixels.noisy && pixels.noisy->shape != shape)
    throw InputError(fmt::format("{}: is {}x{}, its clean counterpart {}x{}", quote_path(noisy), pixels.noisy->shape.w,
                                 pixels.noisy->shape.h, shape.w, shape.h));
  Photo photo{std::move(name), std::move(file), std::move(noisy), shape, 0, 0, std::nullopt};
  const auto count = [&](const Picture& picture) {
    const auto bytes = bytes_of(picture);
    photo.bytes += bytes.size();
    photo.checksum = static_cast<std::uint32_t>(
        crc32_z(photo.checksum, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
  };
  count(pixels.clean);
  if (pixels.noisy) count(*pixels.noisy);
  photo.kept = std::move(pixels);
  return photo;
}

PhotoPixels pixels_of(const Photo& photo) {
  if (photo.kept) return *photo.kept;
  Photo again = read_photo(photo.name, photo.file, photo.noisy, photo.shape.c);
  if (again.shape != photo.shape || again.checksum != photo.checksum)
    throw InputError(fmt::format("{}: is not what it was when it was read first; start over with files that stay",
                                 quote_path(photo.file)));
  return std::move(*again.kept);
}

int photo_channels(const Graph& graph, int side) {
  if (const int stride = window_constraints(graph).stride; side % stride != 0)
    throw ShapeError(fmt::format("crops of {0}x{0}: model {1} takes multiples of {2}", side, graph.name, stride));
  try {
    check_denoiser(graph, {1, side, side, 1});
    return 1;
  } catch (const ShapeError&) {
    check_denoiser(graph, {1, side, side, 3});
    return 3;
  }
}

}  // namespace dae
