#include "tools/command_line/denoise/idx_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dae/error.hpp"
#include "host/data/idx.hpp"
#include "host/evaluation/metrics.hpp"
#include "host/files/atomic_file.hpp"
#include "host/noise/noise.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

std::vector<std::uint8_t> eight_bits(std::span<const float> values) {
  std::vector<std::uint8_t> out(values.size());
  std::transform(values.begin(), values.end(), out.begin(), pixel_of<std::uint8_t>);
  return out;
}

void check_size(const std::filesystem::path& path, const Shape& images, const Shape& sample) {
  if (images.with_batch(1) == sample.with_batch(1)) return;
  throw InputError(fmt::format("{}: images of {}, but the network takes {}", quote_path(path), to_string(images),
                               to_string(sample)));
}

/// Noise on `values`, if any is wanted, and the network's answer.
std::vector<float> denoised(std::vector<float>& values, const DenoiseOptions& options, const TrainedNetwork& network,
                            const Shape& sample, std::uint32_t id) {
  const std::size_t size = sample.sample_size();
  for (std::size_t at = 0; options.add_noise && at < values.size(); at += size) {
    add_noise(std::span(values).subspan(at, size), sample, *options.add_noise, RngStream::demonstration, 0, id++);
  }
  std::vector<float> result(values.size());
  network.program->predict(*network.state, values, result);
  return result;
}

void write_set(const DenoiseJob& job, const DenoiseOptions& options, const std::filesystem::path& path,
               const ImageSet& images) {
  if (job.kind == DenoiseJob::Kind::idx) {
    write_idx(path, images);
    return;
  }
  make_folder(path);
  for (std::size_t i = 0; i < static_cast<std::size_t>(images.shape.n); ++i) {
    const auto pixels = std::get<std::span<const std::uint8_t>>(images.image(i).pixels);
    const std::vector<std::uint8_t> copy(pixels.begin(), pixels.end());
    write_picture(path / fmt::format("{:05}{}", i, options.format->extensions[0]), *options.format,
                  {images.shape.with_batch(1), copy}, options.encode);
  }
}

}  // namespace

std::size_t run_idx(const DenoiseJob& job, const DenoiseOptions& options, const TrainedNetwork& network,
                    const Shape& sample) {
  // A part at a time: the float copies of a large file would take ten times its size.
  constexpr std::size_t part = 1024;
  ImageSet images = read_idx(job.input, options.limit);
  check_size(job.input, images.shape, sample);
  ImageSet noisy{images.shape, {}};
  const std::size_t size = sample.sample_size(), count = static_cast<std::size_t>(images.shape.n);
  for (std::size_t first = 0; first < count; first += part) {
    const std::size_t pixels = std::min(part, count - first) * size;
    const Image view{sample.with_batch(static_cast<int>(pixels / size)),
                     std::span<const std::uint8_t>(images.pixels).subspan(first * size, pixels)};
    std::vector<float> values = unit_pixels(view);
    const auto bytes =
        eight_bits(denoised(values, options, network, sample, job.id + static_cast<std::uint32_t>(first)));
    std::copy(bytes.begin(), bytes.end(), images.pixels.begin() + static_cast<std::ptrdiff_t>(first * size));
    if (!options.add_noise) continue;
    const auto noisy_bytes = eight_bits(values);
    noisy.pixels.insert(noisy.pixels.end(), noisy_bytes.begin(), noisy_bytes.end());
  }
  if (options.add_noise) write_set(job, options, job.noisy, noisy);
  write_set(job, options, job.output, images);
  return count;
}

void add_noise(Picture& picture, const NoiseRecipe& recipe, std::uint32_t id) {
  const auto c = static_cast<std::size_t>(picture.shape.c), colours = std::size_t{c >= 3 ? 3U : 1U};
  const std::vector<float> all = unit_pixels(picture.image());
  std::vector<float> values;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i % c < colours) values.push_back(all[i]);
  const Shape shape{1, picture.shape.h, picture.shape.w, static_cast<int>(colours)};
  add_noise(values, shape, recipe, RngStream::demonstration, 0, id);
  std::visit(
      [&]<class Pixel>(std::vector<Pixel>& pixels) {
        std::size_t next = 0;
        for (std::size_t i = 0; i < pixels.size(); ++i) {
          if (i % c >= colours) continue;
          pixels[i] = pixel_of<Pixel>(values[next++]);
        }
      },
      picture.pixels);
}

}  // namespace dae
