#include "host/data/photo_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "dae/error.hpp"
#include "host/images/image_files.hpp"
#include "host/images/picture.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

namespace fs = std::filesystem;

/// A file that may be a photo, with its counterpart, or why it cannot be one.
struct Candidate {
  fs::path file, noisy;
  std::string problem;
  std::optional<Photo> photo = std::nullopt;  ///< Once it was read.
};

std::vector<Candidate> candidates_in(std::vector<fs::path> files, const fs::path& folder, const PhotoOptions& options,
                                     std::optional<PartnerFolder>& partners) {
  if (options.limit > 0 && files.size() > options.limit) files.resize(options.limit);
  std::vector<Candidate> candidates;
  for (fs::path& file : files) {
    PartnerFolder::Partner partner;
    if (partners) partner = partners->partner_of(file.lexically_relative(folder));
    candidates.push_back({std::move(file), std::move(partner.file), std::move(partner.problem)});
  }
  return candidates;
}

/// Reads photos and keeps the pixels of as many as there is room for.
void read(Candidate& candidate, const fs::path& folder, const PhotoOptions& options, std::atomic<std::size_t>& kept) {
  if (!candidate.problem.empty()) return;
  try {
    std::string name = candidate.file.lexically_relative(folder).string();
    Photo photo = read_photo(std::move(name), candidate.file, candidate.noisy, options.channels);
    const Shape& shape = photo.shape;
    if (std::min(shape.h, shape.w) < options.least_side) {
      candidate.problem = fmt::format("{}x{} is smaller than a crop of {}", shape.w, shape.h, options.least_side);
      return;
    }
    if (kept.fetch_add(photo.bytes) + photo.bytes > options.keep) {
      kept -= photo.bytes;
      photo.kept.reset();
    }
    candidate.photo = std::move(photo);
  } catch (const Error& error) {
    candidate.problem = error.what();
  }
}

void read_all(std::vector<Candidate>& candidates, const fs::path& folder, const PhotoOptions& options) {
  std::atomic<std::size_t> next = 0, kept = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < candidates.size(); i = next++) read(candidates[i], folder, options, kept);
  };
  std::vector<std::jthread> workers;
  for (int i = 1; i < std::max(options.threads, 1); ++i) workers.emplace_back(work);
  work();
}

void append(ImageSet& set, const PhotoPixels& photo, int y, int x) {
  const auto in_8_bits = [&set](const auto& pixels) {
    for (const auto pixel : pixels) set.pixels.push_back(pixel_of<std::uint8_t>(unit_of(pixel)));
  };
  std::visit(in_8_bits, square_at(photo.clean, y, x, set.shape.h).pixels);
  if (!photo.noisy) return;
  const std::vector<float> noisy = unit_pixels(square_at(*photo.noisy, y, x, set.shape.h).image());
  set.noisy.insert(set.noisy.end(), noisy.begin(), noisy.end());
}

}  // namespace

bool is_photo_folder(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return false;
  if (images_in(path, Split::train) || images_in(path, Split::test)) return false;
  return !image_files(path).files.empty();
}

PhotoFolder read_photos(const fs::path& folder, const PhotoOptions& options) {
  ImageFiles found = image_files(folder);
  std::optional<PartnerFolder> partners;
  if (options.noisy) partners.emplace(*options.noisy, image_files(*options.noisy).files);
  std::vector<Candidate> candidates = candidates_in(std::move(found.files), folder, options, partners);
  read_all(candidates, folder, options);

  PhotoFolder result;
  for (const auto* list : {&found.unreadable, &found.links})
    for (const ImageFiles::Left& left : *list)
      result.skipped.push_back({left.path.lexically_relative(folder).string(), left.reason, list == &found.links});
  for (Candidate& candidate : candidates) {
    if (candidate.photo)
      result.photos.push_back(std::move(*candidate.photo));
    else
      result.skipped.push_back({candidate.file.lexically_relative(folder).string(), std::move(candidate.problem)});
  }
  if (partners && options.limit == 0)
    for (std::string& name : partners->left())
      result.skipped.push_back({std::move(name), "has no counterpart in " + quote_path(folder)});
  if (result.photos.empty())
    throw InputError(fmt::format(
        "{}: holds no image that can be used; {} files were skipped{}", quote_path(folder), result.skipped.size(),
        result.skipped.empty() ? "" : fmt::format(", the first: {}", result.skipped[0].reason)));
  return result;
}

Picture square_at(const Picture& picture, int y, int x, int side) {
  Picture square{{1, side, side, picture.shape.c}, {}};
  const auto row = static_cast<std::ptrdiff_t>(side * picture.shape.c);
  std::visit(
      [&](const auto& pixels) {
        std::decay_t<decltype(pixels)> cut;
        cut.reserve(square.shape.size());
        for (int dy = 0; dy < side; ++dy) {
          const auto from = pixels.begin() + (std::ptrdiff_t{y + dy} * picture.shape.w + x) * picture.shape.c;
          cut.insert(cut.end(), from, from + row);
        }
        square.pixels = std::move(cut);
      },
      picture.pixels);
  return square;
}

ImageSet squares_of(const PhotoFolder& photos, int side, std::size_t most) {
  const auto in_photo = [side](const Photo& photo) {
    return static_cast<std::size_t>(photo.shape.h / side) * static_cast<std::size_t>(photo.shape.w / side);
  };
  std::size_t all = 0;
  for (const Photo& photo : photos.photos) all += in_photo(photo);
  const std::size_t count = std::min(all, most);
  ImageSet set{{static_cast<int>(count), side, side, photos.photos.front().shape.c}, {}};
  std::size_t seen = 0, taken = 0;
  for (const Photo& photo : photos.photos) {
    std::optional<PhotoPixels> pixels;
    const auto across = static_cast<std::size_t>(photo.shape.w / side);
    for (std::size_t i = 0; i < in_photo(photo); ++i, ++seen) {
      if (taken == count || seen != taken * all / count) continue;
      if (!pixels) pixels = pixels_of(photo);
      append(set, *pixels, static_cast<int>(i / across) * side, static_cast<int>(i % across) * side);
      ++taken;
    }
  }
  return set;
}

}  // namespace dae
