#include "host/data/idx.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include "dae/error.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/input_file.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

constexpr unsigned unsigned_byte = 0x08;
constexpr std::uint64_t largest_image = std::uint64_t{1} << 28;
constexpr std::uint64_t largest_int = std::numeric_limits<int>::max();

[[noreturn]] void fail(const std::string& name, std::string_view what) {
  throw InputError(fmt::format("{} {}", name, what));
}

/// Count, rows, columns, channels.
using Extents = std::array<std::uint64_t, 4>;

std::string text(const Extents& extents) {
  return fmt::format("{} images of {}x{}x{}", extents[0], extents[1], extents[2], extents[3]);
}

/// The rank, from the first four bytes.
std::size_t read_rank(const ByteSource& source, const std::string& name) {
  std::array<char, 4> magic{};
  const std::size_t got = source(magic);
  if (got == 0) fail(name, "is empty; give an IDX file of images, plain or gzip");
  std::array<unsigned, 4> byte{};
  std::transform(magic.begin(), magic.end(), byte.begin(), [](char c) { return static_cast<unsigned char>(c); });
  if (got < 4 || byte[0] != 0 || byte[1] != 0) {
    std::string begin;
    for (std::size_t i = 0; i < got; ++i) begin += fmt::format(" {:02x}", byte[i]);
    fail(name,
         fmt::format("is neither IDX nor gzip: it begins with the bytes{}, an IDX file of images with 00 00 08 03",
                     begin));
  }
  if (byte[2] != unsigned_byte) {
    fail(name, fmt::format("holds elements of IDX type 0x{:02x}; give a file of unsigned bytes (0x08)", byte[2]));
  }
  if (byte[3] == 1) fail(name, "holds labels, not images; give the file that has 'images-idx3' in its name");
  if (byte[3] != 3 && byte[3] != 4) {
    fail(name, fmt::format("has rank {}; images have rank 3 (count, rows, columns) or 4 (and channels)", byte[3]));
  }
  return byte[3];
}

Extents read_extents(const ByteSource& source, const std::string& name) {
  Extents extents = {0, 0, 0, 1};
  const std::size_t rank = read_rank(source, name);
  for (std::size_t i = 0; i < rank; ++i) {
    std::array<char, 4> bytes{};
    if (source(bytes) < bytes.size()) fail(name, "ends within its header: it is truncated");
    extents[i] = 0;
    for (const char c : bytes) extents[i] = extents[i] << 8 | static_cast<unsigned char>(c);
  }
  const auto [count, height, width, channels] = extents;
  if (count == 0) fail(name, "holds no images");
  const bool overflows = std::any_of(extents.begin(), extents.end(), [](auto extent) { return extent > largest_int; });
  // Divisions, because the product of three extents may not fit 64 bits.
  const bool empty = height == 0 || width == 0 || channels == 0;
  if (overflows || empty || width > largest_image / height || channels > largest_image / (height * width)) {
    fail(name, fmt::format("has a damaged header: it claims {}", text(extents)));
  }
  return extents;
}

std::uint64_t machine_memory() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE));
}

/// Reads `size` bytes, or those that there are: room is made as bytes arrive.
std::vector<std::uint8_t> read_pixels(const ByteSource& source, std::size_t size) {
  constexpr std::size_t piece = std::size_t{1} << 20;
  std::vector<std::uint8_t> pixels;
  while (pixels.size() < size) {
    const std::size_t filled = pixels.size();
    const std::size_t next = filled + std::min(std::max(piece, filled / 2), size - filled);
    pixels.reserve(next);  // resize alone would double the capacity
    pixels.resize(next);
    const std::size_t got = source({reinterpret_cast<char*>(pixels.data()) + filled, next - filled});
    if (got == next - filled) continue;
    pixels.resize(filled + got);
    break;
  }
  return pixels;
}

std::string usual_name(Split split) {
  return split == Split::train ? "train-images-idx3-ubyte" : "t10k-images-idx3-ubyte";
}

}  // namespace

Image ImageSet::image(std::size_t i) const {
  const Shape one = shape.with_batch(1);
  return {one, std::span(pixels).subspan(i * one.size(), one.size())};
}

Image ImageSet::noisy_image(std::size_t i) const {
  const Shape one = shape.with_batch(1);
  return {one, std::span(noisy).subspan(i * one.size(), one.size())};
}

ImageSet decode_idx(ByteSource raw, const std::string& name, std::size_t limit) {
  const ByteSource source = gunzip(std::move(raw), name);
  Extents extents = read_extents(source, name);
  const std::uint64_t claimed = extents[0];
  if (limit != 0) extents[0] = std::min<std::uint64_t>(claimed, limit);
  // At most 2^31 images of 2^28 pixels: this fits.
  const std::uint64_t size = extents[0] * extents[1] * extents[2] * extents[3];
  if (size > machine_memory()) {
    fail(name,
         fmt::format("claims {}, more than this machine's memory; set a limit on the images to read", text(extents)));
  }
  ImageSet result;
  result.pixels = read_pixels(source, size);
  if (result.pixels.size() < size) {
    fail(name, fmt::format("is truncated: {} are to be read, {} bytes, and only {} follow the header", text(extents),
                           size, result.pixels.size()));
  }
  char more = 0;
  if (extents[0] == claimed && source({&more, 1}) != 0) {
    fail(name, fmt::format("is longer than its header claims ({})", text(extents)));
  }
  const auto extent = [&](std::size_t i) { return static_cast<int>(extents[i]); };
  result.shape = {extent(0), extent(1), extent(2), extent(3)};
  return result;
}

ImageSet read_idx(const std::filesystem::path& path, std::size_t limit) {
  InputFile file(path);
  return decode_idx([&](std::span<char> into) { return file.read(into); }, quote_path(path), limit);
}

void write_idx(const std::filesystem::path& path, const ImageSet& images) {
  const Shape& shape = images.shape;
  if (images.pixels.size() != shape.size()) throw UsageError("write_idx: the pixels do not fit the shape");
  const bool grey = shape.c == 1;
  std::string bytes = {0, 0, static_cast<char>(unsigned_byte), static_cast<char>(grey ? 3 : 4)};
  const std::array<int, 4> extents = {shape.n, shape.h, shape.w, shape.c};
  for (const int extent : std::span(extents).first(grey ? 3 : 4)) {
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(static_cast<unsigned>(extent) >> shift & 0xFFU);
  }
  bytes.append(images.pixels.begin(), images.pixels.end());
  write_file(path, bytes);
}

std::optional<std::filesystem::path> images_in(const std::filesystem::path& folder, Split split) {
  std::error_code ignored;
  for (const char* ending : {"", ".gz"}) {
    std::filesystem::path file = folder / (usual_name(split) + ending);
    if (std::filesystem::exists(file, ignored)) return file;
  }
  return std::nullopt;
}

std::filesystem::path find_images(const std::filesystem::path& file_or_folder, Split split) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(file_or_folder, ignored)) return file_or_folder;
  if (const auto file = images_in(file_or_folder, split)) return *file;
  throw InputError(fmt::format("the folder {} has neither {} nor {}.gz; name a folder that has one, or an IDX file",
                               quote_path(file_or_folder), usual_name(split), usual_name(split)));
}

}  // namespace dae
