#include "host/pfm.hpp"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "dae/error.hpp"
#include "host/input_file.hpp"
#include "host/quote.hpp"

namespace dae {
namespace {

constexpr std::size_t largest_file = std::size_t{1} << 32;
constexpr int largest_side = 1 << 20;

/// Takes words that white space ends; one white space character follows the last.
struct Header {
  std::string_view rest;
  const std::filesystem::path& path;

  std::string_view word() {
    const std::size_t first = std::min(rest.find_first_not_of(" \t\r\n"), rest.size());
    const std::size_t end = std::min(rest.find_first_of(" \t\r\n", first), rest.size());
    const std::string_view found = rest.substr(first, end - first);
    rest.remove_prefix(end);
    return found;
  }
  template <class T>
  T number() {
    const std::string_view text = word();
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
      throw InputError(fmt::format("{}: {} in its header is no number", quote_path(path), quote(text)));
    return value;
  }
};

}  // namespace

FloatImage read_pfm(const std::filesystem::path& path) {
  const std::string bytes = read_file(path, largest_file);
  const auto fail = [&](std::string_view what) { throw InputError(fmt::format("{}: {}", quote_path(path), what)); };
  Header header{bytes, path};
  const std::string_view magic = header.word();
  if (magic != "Pf" && magic != "PF") fail("is no portable float map");
  FloatImage image;
  image.shape.c = magic == "PF" ? 3 : 1;
  image.shape.w = header.number<int>();
  image.shape.h = header.number<int>();
  const auto scale = header.number<float>();
  if (image.shape.w < 1 || image.shape.h < 1 || image.shape.w > largest_side || image.shape.h > largest_side)
    fail("has a size out of bounds");
  if (header.rest.empty() || header.rest.size() - 1 != image.shape.sample_size() * sizeof(float))
    fail(fmt::format("holds {} bytes of pixels, its size says {}", header.rest.empty() ? 0 : header.rest.size() - 1,
                     image.shape.sample_size() * sizeof(float)));
  const char* from = header.rest.data() + 1;
  image.pixels.resize(image.shape.sample_size());
  const std::size_t row = static_cast<std::size_t>(image.shape.w) * static_cast<std::size_t>(image.shape.c);
  const auto rows = static_cast<std::size_t>(image.shape.h);
  for (std::size_t y = 0; y < rows; ++y)
    std::memcpy(image.pixels.data() + (rows - 1 - y) * row, from + y * row * sizeof(float), row * sizeof(float));
  const bool swapped = (scale > 0) == (std::endian::native == std::endian::little);
  for (float& pixel : image.pixels) {
    if (swapped) pixel = std::bit_cast<float>(__builtin_bswap32(std::bit_cast<std::uint32_t>(pixel)));
    if (!std::isfinite(pixel)) fail("holds a pixel that is no finite number");
  }
  return image;
}

}  // namespace dae
