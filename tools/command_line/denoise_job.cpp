#include "tools/command_line/denoise_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "dae/error.hpp"
#include "host/atomic_file.hpp"
#include "host/idx.hpp"
#include "host/image_files.hpp"
#include "host/input_file.hpp"
#include "host/metrics.hpp"
#include "host/noise.hpp"
#include "host/quote.hpp"

namespace dae {
namespace {

/// Whether a file is to be read as IDX, plain or gzip. Whatever is neither that nor a picture that is known is left to
/// the codecs, which tell best what is wrong with it.
bool is_idx(const std::filesystem::path& path) {
  std::array<char, 16> bytes{};
  InputFile file(path);
  const std::string_view start(bytes.data(), file.read(bytes));
  return codec_of_bytes(start) == nullptr && !has_image_name(path) && !start.empty();
}

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
    add_noise(std::span(values).subspan(at, size), sample, *options.add_noise, Domain::demonstration, 0, id++);
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

/// `name` is the output's path relative to the folder for outputs, in the input's format.
DenoiseJob picture_job(const std::filesystem::path& input, const std::filesystem::path& name,
                       const DenoiseOptions& options) {
  DenoiseJob job{DenoiseJob::Kind::picture, input, options.out / name, {}};
  if (options.format != nullptr) job.output.replace_extension(options.format->extensions[0]);
  return job;
}

DenoiseJob describe_job(const std::filesystem::path& input, const DenoiseOptions& options) {
  if (!is_idx(input)) return picture_job(input, input.filename(), options);
  DenoiseJob job{options.format != nullptr ? DenoiseJob::Kind::idx_to_pngs : DenoiseJob::Kind::idx, input, {}, {}};
  std::filesystem::path name = input.filename();
  if (name.extension() == ".gz") name.replace_extension();
  job.output = options.out / name;
  return job;
}

/// The pictures of a folder, by name. What lies in `out` is no input.
std::vector<DenoiseJob> folder_jobs(const std::filesystem::path& folder, const DenoiseOptions& options) {
  const ImageFiles found = image_files(folder, {options.recursive, options.out});
  if (!found.unreadable.empty())
    throw InputError(fmt::format("{} {}", quote_path(found.unreadable[0].path), found.unreadable[0].reason));
  if (found.files.empty())
    throw InputError(fmt::format("{}: holds no image{}", quote_path(folder),
                                 options.recursive ? "" : "; --recursive looks into the folders in it"));
  std::vector<DenoiseJob> jobs;
  for (const std::filesystem::path& file : found.files)
    jobs.push_back(picture_job(file, file.lexically_relative(folder), options));
  return jobs;
}

std::vector<DenoiseJob> describe_jobs(const std::string& input, const DenoiseOptions& options) {
  std::error_code error;
  if (!std::filesystem::is_directory(input, error)) return {describe_job(input, options)};
  if (const auto file = images_in(input, Split::test)) return {describe_job(*file, options)};
  return folder_jobs(input, options);
}

/// A name with a number that nobody has.
std::filesystem::path free_name(const std::filesystem::path& path, const std::set<std::filesystem::path>& taken) {
  std::error_code error;
  std::filesystem::path result = path;
  for (int i = 1; taken.contains(result) || std::filesystem::exists(result, error); ++i)
    result = path.parent_path() / (path.stem().string() + fmt::format("-{}", i) + path.extension().string());
  return result;
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
  for (const std::string& input : inputs)
    for (DenoiseJob job : describe_jobs(input, options)) {
      if (options.if_exists == IfExists::rename) job.output = free_name(job.output, names);
      if (options.add_noise)
        job.noisy =
            job.output.parent_path() / (job.output.stem().string() + "-noisy" + job.output.extension().string());
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
    const auto bytes =
        eight_bits(denoised(values, options, network, sample, first_id + static_cast<std::uint32_t>(first)));
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
  add_noise(values, shape, recipe, Domain::demonstration, 0, id);
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
