#include "host/images/formats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "dae/error.hpp"

namespace dae {
namespace {

/// Reads the numbers of a PNM file and what stands between them: white space and comments from # to the line's end.
class Scanner {
 public:
  Scanner(std::string_view bytes, std::string_view name) : bytes_(bytes), name_(name) {}

  [[noreturn]] void fail(std::string_view what) const {
    throw InputError(fmt::format("{} is a damaged PNM file: {}", name_, what));
  }
  std::size_t number() {
    skip();
    std::size_t value = 0;
    const std::size_t first = at_;
    for (; at_ < bytes_.size() && is_digit(bytes_[at_]); ++at_) {
      value = 10 * value + static_cast<std::size_t>(bytes_[at_] - '0');
      if (value > 0x7fffffff) fail("a number is too large");
    }
    if (at_ == first) fail("it is truncated, or a number is missing");
    return value;
  }
  /// The value that stands for 1.
  std::size_t maximum() {
    const std::size_t value = number();
    if (value == 0 || value > 65535) fail("its maximum is not within 1 and 65535");
    return value;
  }
  /// A bit of a text file: no white space is needed between two.
  std::size_t bit() {
    skip();
    if (at_ == bytes_.size() || (bytes_[at_] != '0' && bytes_[at_] != '1')) fail("it is truncated, or no bit");
    return static_cast<std::size_t>(bytes_[at_++] - '0');
  }
  /// The bytes behind the one white space after the header.
  [[nodiscard]] std::string_view rest() const { return bytes_.substr(std::min(at_ + 1, bytes_.size())); }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  void skip() {
    while (at_ < bytes_.size() && (std::isspace(static_cast<unsigned char>(bytes_[at_])) != 0 || bytes_[at_] == '#')) {
      if (bytes_[at_] == '#') {
        while (at_ < bytes_.size() && bytes_[at_] != '\n') ++at_;
      } else {
        ++at_;
      }
    }
  }

  std::string_view bytes_, name_;
  std::size_t at_ = 2;
};

template <class Pixel, class Next>
std::vector<Pixel> scaled(std::size_t count, std::size_t most, const Scanner& scanner, Next next) {
  constexpr std::size_t full = std::numeric_limits<Pixel>::max();
  std::vector<Pixel> pixels(count);
  for (Pixel& pixel : pixels) {
    const std::size_t value = next();
    if (value > most) scanner.fail("a value is larger than its maximum");
    pixel = static_cast<Pixel>((value * full + most / 2) / most);
  }
  return pixels;
}

}  // namespace

Picture decode_pnm(std::string_view bytes, std::string_view name, std::size_t limit) {
  Scanner scanner(bytes, name);
  const char kind = bytes.size() > 2 && bytes[0] == 'P' ? bytes[1] : '0';
  if (kind < '1' || kind > '6') throw InputError(fmt::format("{} is no PNM file", name));
  const bool bits = kind == '1' || kind == '4', text = kind < '4';
  const std::size_t width = scanner.number(), height = scanner.number();
  check_area(width, height, limit, name);
  const std::size_t most = bits ? 1 : scanner.maximum();
  const std::size_t channels = kind == '3' || kind == '6' ? 3 : 1, count = width * height * channels;
  const std::size_t size = most > 255 ? 2 : 1, row_bytes = (width + 7) / 8;
  const std::string_view data = scanner.rest();
  const std::size_t needed = text ? count - 1 : bits ? row_bytes * height : count * size;
  if (data.size() < needed)
    scanner.fail(fmt::format("it is truncated: it claims {} x {} pixels and has {} bytes", width, height, data.size()));

  Picture picture{{1, static_cast<int>(height), static_cast<int>(width), static_cast<int>(channels)}, {}};
  const auto byte = [data](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(data[i])); };
  const auto all = [&]<class Pixel>(Pixel) {
    std::size_t i = 0;
    if (kind == '1') return scaled<Pixel>(count, 1, scanner, [&] { return 1 - scanner.bit(); });
    if (text) return scaled<Pixel>(count, most, scanner, [&] { return scanner.number(); });
    if (bits)
      return scaled<Pixel>(count, 1, scanner, [&] {
        const std::size_t x = i % width, y = i / width;
        ++i;
        return 1 - (byte(y * row_bytes + x / 8) >> (7 - x % 8) & 1);
      });
    return scaled<Pixel>(count, most, scanner, [&] {
      const std::size_t at = size * i++;
      return size == 1 ? byte(at) : byte(at) << 8 | byte(at + 1);
    });
  };
  if (most > 255)
    picture.pixels = all(std::uint16_t{});
  else
    picture.pixels = all(std::uint8_t{});
  return picture;
}

std::string encode_pnm(const Picture& picture) {
  check_picture(picture);
  const Shape& shape = picture.shape;
  if (shape.c % 2 == 0 || picture.pixels.index() == 2)
    throw UsageError("PNM files hold neither transparency nor float");
  std::string bytes = fmt::format("P{}\n{} {}\n{}\n", shape.c == 1 ? 5 : 6, shape.w, shape.h,
                                  picture.pixels.index() == 0 ? 255 : 65535);
  if (const auto* eight = std::get_if<0>(&picture.pixels)) {
    bytes.append(eight->begin(), eight->end());
  } else {
    for (const std::uint16_t v : std::get<1>(picture.pixels)) {
      bytes.push_back(static_cast<char>(v >> 8));
      bytes.push_back(static_cast<char>(v & 255));
    }
  }
  return bytes;
}

}  // namespace dae
