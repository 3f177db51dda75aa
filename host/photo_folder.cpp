#include "host/photo_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "dae/error.hpp"
#include "host/image_files.hpp"
#include "host/images/codec.hpp"
#include "host/quote.hpp"
#include "host/trained_network.hpp"

namespace dae {
namespace {

namespace fs = std::filesystem;

/// Luma of ITU-R BT.601, as PNG and JPEG readers have it.
template <class Pixel>
Pixel grey_of(const Pixel* rgb) {
  const double luma = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
  return static_cast<Pixel>(std::is_integral_v<Pixel> ? luma + 0.5 : luma);
}

std::uint8_t eight_bits(std::uint8_t v) { return v; }
std::uint8_t eight_bits(std::uint16_t v) { return static_cast<std::uint8_t>(v / 257); }
std::uint8_t eight_bits(float v) { return static_cast<std::uint8_t>(255 * (v >= 0 ? std::min(v, 1.0f) : 0.0f) + 0.5f); }

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

Picture with_channels(Picture picture, int channels) {
  if (picture.shape.c == channels) return picture;
  const auto have = static_cast<std::size_t>(picture.shape.c), want = static_cast<std::size_t>(channels);
  std::visit([&](auto& pixels) { pixels = with_channels(pixels, have, want); }, picture.pixels);
  picture.shape.c = channels;
  return picture;
}

/// A photo, or why it is none.
struct Read {
  Picture picture;
  std::optional<std::string> problem;
};

Read read_one(const fs::path& path, int channels, int least_side) {
  try {
    Picture picture = with_channels(read_picture(path).picture, channels);
    if (std::min(picture.shape.h, picture.shape.w) < least_side)
      return {{}, fmt::format("{}x{} is smaller than a crop of {}", picture.shape.w, picture.shape.h, least_side)};
    return {std::move(picture), std::nullopt};
  } catch (const Error& error) {
    return {{}, error.what()};
  }
}

void copy_square(const Picture& picture, int y, int x, int side, std::vector<std::uint8_t>& to) {
  const auto row = static_cast<std::size_t>(side * picture.shape.c);
  for (int dy = 0; dy < side; ++dy) {
    const std::size_t from =
        (static_cast<std::size_t>(y + dy) * static_cast<std::size_t>(picture.shape.w) + static_cast<std::size_t>(x)) *
        static_cast<std::size_t>(picture.shape.c);
    std::visit(
        [&]<class Pixel>(const std::vector<Pixel>& pixels) {
          for (std::size_t i = from; i < from + row; ++i) to.push_back(eight_bits(pixels[i]));
        },
        picture.pixels);
  }
}

}  // namespace

bool is_photo_folder(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return false;
  if (images_in(path, Split::train) || images_in(path, Split::test)) return false;
  return !image_files(path).files.empty();
}

PhotoFolder read_photos(const fs::path& folder, int channels, int least_side, int threads, std::size_t limit) {
  ImageFiles found = image_files(folder);
  std::vector<fs::path>& files = found.files;
  if (limit > 0 && files.size() > limit) files.resize(limit);

  std::vector<Read> all(files.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++) all[i] = read_one(files[i], channels, least_side);
  };
  {
    std::vector<std::jthread> workers;
    for (int i = 1; i < std::max(threads, 1); ++i) workers.emplace_back(work);
    work();
  }

  PhotoFolder result;
  for (const std::vector<ImageFiles::Left>* list : {&found.unreadable, &found.links})
    for (const ImageFiles::Left& left : *list)
      result.skipped.push_back({left.path.lexically_relative(folder).string(), left.reason});
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::string name = files[i].lexically_relative(folder).string();
    if (all[i].problem)
      result.skipped.push_back({std::move(name), std::move(*all[i].problem)});
    else
      result.photos.push_back({std::move(name), std::move(all[i].picture)});
  }
  if (result.photos.empty())
    throw InputError(fmt::format(
        "{}: holds no image that can be used; {} files were skipped{}", quote_path(folder), result.skipped.size(),
        result.skipped.empty() ? "" : fmt::format(", the first: {}", result.skipped[0].reason)));
  return result;
}

ImageSet squares_of(const PhotoFolder& photos, int side, std::size_t most) {
  const auto in_photo = [side](const Photo& photo) {
    return static_cast<std::size_t>(photo.picture.shape.h / side) *
           static_cast<std::size_t>(photo.picture.shape.w / side);
  };
  std::size_t all = 0;
  for (const Photo& photo : photos.photos) all += in_photo(photo);
  const std::size_t count = std::min(all, most);
  ImageSet set{{static_cast<int>(count), side, side, photos.photos.front().picture.shape.c}, {}};
  std::size_t seen = 0, taken = 0;
  for (const Photo& photo : photos.photos)
    for (std::size_t i = 0; i < in_photo(photo); ++i, ++seen) {
      if (taken == count || seen != taken * all / count) continue;
      const auto across = static_cast<std::size_t>(photo.picture.shape.w / side);
      copy_square(photo.picture, static_cast<int>(i / across) * side, static_cast<int>(i % across) * side, side,
                  set.pixels);
      ++taken;
    }
  return set;
}

int photo_channels(const Graph& graph, int side) {
  if (const int stride = tiling(graph).stride; side % stride != 0)
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
