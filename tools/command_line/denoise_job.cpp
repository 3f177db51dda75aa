#include "tools/command_line/denoise_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "dae/error.hpp"
#include "host/atomic_file.hpp"
#include "host/idx.hpp"
#include "host/input_file.hpp"
#include "host/metrics.hpp"
#include "host/noise.hpp"
#include "host/images/png.hpp"
#include "host/quote.hpp"

namespace dae {
namespace {

bool is_png(const std::filesystem::path& path) {
  std::array<char, 8> start{};
  InputFile file(path);
  return file.read(start) == start.size() && std::string_view(start.data(), 8) == "\x89PNG\r\n\x1a\n";
}

template <class T>
std::vector<T> quantized(std::span<const float> values) {
  constexpr float peak = std::numeric_limits<T>::max();
  std::vector<T> out(values.size());
  std::transform(values.begin(), values.end(), out.begin(),
                 [](float v) { return static_cast<T>(std::lround(peak * std::clamp(v, 0.0f, 1.0f))); });
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
    add_noise(std::span(values).subspan(at, size), *options.add_noise, Domain::demonstration, 0, id++);
  }
  std::vector<float> result(values.size());
  network.program->predict(*network.state, values, result);
  return result;
}

void write_like(const Picture& original, const std::filesystem::path& path, std::span<const float> values) {
  Picture picture{original.shape, {}};
  if (std::holds_alternative<std::vector<std::uint8_t>>(original.pixels)) {
    picture.pixels = quantized<std::uint8_t>(values);
  } else {
    picture.pixels = quantized<std::uint16_t>(values);
  }
  write_png(path, picture);
}

std::size_t run_png(const DenoiseJob& job, const DenoiseOptions& options, const TrainedNetwork& network,
                    const Shape& sample, std::uint32_t first_id) {
  const Picture picture = read_png(job.input);
  check_size(job.input, picture.shape, sample);
  std::vector<float> values = unit_pixels(picture.image());
  const std::vector<float> result = denoised(values, options, network, sample, first_id);
  if (options.add_noise) write_like(picture, job.noisy, values);
  write_like(picture, job.output, result);
  return 1;
}

void write_set(const DenoiseJob& job, const std::filesystem::path& path, const ImageSet& images) {
  if (job.kind == DenoiseJob::Kind::idx) {
    write_idx(path, images);
    return;
  }
  make_folder(path);
  for (std::size_t i = 0; i < static_cast<std::size_t>(images.shape.n); ++i) {
    const auto pixels = std::get<std::span<const std::uint8_t>>(images.image(i).pixels);
    const std::vector<std::uint8_t> copy(pixels.begin(), pixels.end());
    write_png(path / fmt::format("{:05}.png", i), {images.shape.with_batch(1), copy});
  }
}

std::size_t run_idx(const DenoiseJob& job, const DenoiseOptions& options, const TrainedNetwork& network,
                    const Shape& sample, std::uint32_t first_id) {
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
    const auto bytes = quantized<std::uint8_t>(
        denoised(values, options, network, sample, first_id + static_cast<std::uint32_t>(first)));
    std::copy(bytes.begin(), bytes.end(), images.pixels.begin() + static_cast<std::ptrdiff_t>(first * size));
    if (!options.add_noise) continue;
    const auto noisy_bytes = quantized<std::uint8_t>(values);
    noisy.pixels.insert(noisy.pixels.end(), noisy_bytes.begin(), noisy_bytes.end());
  }
  if (options.add_noise) write_set(job, job.noisy, noisy);
  write_set(job, job.output, images);
  return count;
}

DenoiseJob describe_job(const std::string& input, const DenoiseOptions& options) {
  std::error_code error;
  DenoiseJob job;
  job.input =
      std::filesystem::is_directory(input, error) ? find_images(input, Split::test) : std::filesystem::path(input);
  job.kind = is_png(job.input) ? DenoiseJob::Kind::png
             : options.as_png  ? DenoiseJob::Kind::idx_to_pngs
                               : DenoiseJob::Kind::idx;
  std::filesystem::path name = job.input.filename();
  if (name.extension() == ".gz") name.replace_extension();
  job.output = options.out / name;
  if (options.add_noise) job.noisy = options.out / (name.stem().string() + "-noisy" + name.extension().string());
  return job;
}

/// Whether the output may be written. Throws OutputError when it should not have been asked for.
bool is_wanted(const std::filesystem::path& output, const std::filesystem::path& input, IfExists if_exists) {
  std::error_code error;
  if (!std::filesystem::exists(output, error)) return true;
  if (std::filesystem::equivalent(output, input, error)) {
    throw OutputError(fmt::format("{}: is the input itself; give another --out", quote_path(output)));
  }
  if (if_exists == IfExists::error) {
    throw OutputError(fmt::format("{}: exists already; use --if-exists overwrite or skip, or give another --out",
                                  quote_path(output)));
  }
  return if_exists == IfExists::overwrite;
}

}  // namespace

std::vector<DenoiseJob> plan_jobs(const std::vector<std::string>& inputs, const DenoiseOptions& options) {
  std::vector<DenoiseJob> jobs;
  std::set<std::filesystem::path> names;
  for (const std::string& input : inputs) {
    const DenoiseJob job = describe_job(input, options);
    bool wanted = true;
    for (const std::filesystem::path& path : {job.output, job.noisy}) {
      if (path.empty()) continue;
      if (!names.insert(path).second) {
        throw OutputError(
            fmt::format("{}: two outputs would have this name; denoise into two folders", quote_path(path)));
      }
      if (!is_wanted(path, job.input, options.if_exists)) wanted = false;
    }
    if (wanted) jobs.push_back(job);
  }
  return jobs;
}

std::size_t run_job(const DenoiseJob& job, const DenoiseOptions& options, const TrainedNetwork& network,
                    const Shape& sample, std::uint32_t first_id) {
  return job.kind == DenoiseJob::Kind::png ? run_png(job, options, network, sample, first_id)
                                           : run_idx(job, options, network, sample, first_id);
}

}  // namespace dae
