#include "host/denoise/job_images.hpp"

#include <fmt/format.h>

#include "dae/error.hpp"
#include "host/data/idx.hpp"
#include "host/files/atomic_file.hpp"
#include "host/noise/noise.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

std::vector<Picture> read_idx_images(const DenoiseJob& job, const DenoiseOptions& options, const Shape& sample) {
  const ImageSet set = read_idx(job.input, options.limit);
  const Shape shape = set.shape.with_batch(1);
  if (shape != sample.with_batch(1))
    throw InputError(fmt::format("{}: images of {}, but the network takes {}", quote_path(job.input),
                                 to_string(set.shape), to_string(sample)));
  std::vector<Picture> images;
  for (std::size_t i = 0; i < static_cast<std::size_t>(set.shape.n); ++i) {
    const Image image = set.image(i);
    const auto bytes = std::get<std::span<const std::uint8_t>>(image.pixels);
    Picture& picture = images.emplace_back(Picture{shape, std::vector(bytes.begin(), bytes.end())});
    if (!options.add_noise) continue;
    // The network gets the noise unrounded.
    std::vector<float> values = unit_pixels(image);
    add_noise(values, shape, *options.add_noise, RngStream::demonstration, 0, job.id + static_cast<std::uint32_t>(i));
    picture.pixels = std::move(values);
  }
  return images;
}

std::vector<std::uint8_t> eight_bits(const Picture& picture) {
  std::vector<std::uint8_t> bytes;
  for (const float value : unit_pixels(picture.image())) bytes.push_back(pixel_of<std::uint8_t>(value));
  return bytes;
}

void write_idx_images(const std::filesystem::path& path, const std::vector<Picture>& images) {
  ImageSet set{images[0].shape.with_batch(static_cast<int>(images.size())), {}};
  for (const Picture& image : images) {
    const std::vector<std::uint8_t> bytes = eight_bits(image);
    set.pixels.insert(set.pixels.end(), bytes.begin(), bytes.end());
  }
  write_idx(path, set);
}

}  // namespace

JobImages read_images(const DenoiseJob& job, const DenoiseOptions& options, const Shape& sample) {
  if (job.kind != DenoiseJob::Kind::picture) return {options.format, read_idx_images(job, options, sample)};
  ReadPicture read = read_picture(job.input, options.most_pixels);
  if (options.add_noise) add_noise(read.picture, *options.add_noise, job.id);
  JobImages result{options.format != nullptr ? options.format : read.codec, {}};
  result.images.push_back(std::move(read.picture));
  return result;
}

void write_images(const std::filesystem::path& path, const DenoiseJob& job, const Codec* codec,
                  std::vector<Picture> images, const EncodeOptions& encode) {
  if (job.kind == DenoiseJob::Kind::picture) return write_picture(path, *codec, std::move(images[0]), encode);
  if (job.kind == DenoiseJob::Kind::idx) return write_idx_images(path, images);
  make_folder(path);
  for (std::size_t i = 0; i < images.size(); ++i)
    write_picture(path / fmt::format("{:05}{}", i, codec->extensions[0]), *codec,
                  {images[i].shape, eight_bits(images[i])}, encode);
}

}  // namespace dae
