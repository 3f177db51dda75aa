#include "host/images/formats.hpp"

#include <fmt/format.h>
#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>

#include "dae/error.hpp"
#include "host/images/exif.hpp"

namespace dae {
namespace {

/// A TIFF file in memory, as libtiff wants to see one.
struct Memory {
  std::string bytes;
  std::string_view view;  ///< The file to read; `bytes` is the one that is written.
  toff_t at = 0;
  bool writing = false;

  [[nodiscard]] std::string_view content() const { return writing ? std::string_view(bytes) : view; }
};

Memory& memory_of(thandle_t handle) { return *static_cast<Memory*>(handle); }

tmsize_t read_some(thandle_t handle, void* into, tmsize_t size) {
  Memory& memory = memory_of(handle);
  const std::string_view all = memory.content();
  if (memory.at >= all.size()) return 0;
  const std::size_t count = std::min(static_cast<std::size_t>(size), all.size() - static_cast<std::size_t>(memory.at));
  std::memcpy(into, all.data() + memory.at, count);
  memory.at += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t write_some(thandle_t handle, void* from, tmsize_t size) {
  Memory& memory = memory_of(handle);
  const auto end = static_cast<std::size_t>(memory.at) + static_cast<std::size_t>(size);
  if (memory.bytes.size() < end) memory.bytes.resize(end);
  std::memcpy(memory.bytes.data() + memory.at, from, static_cast<std::size_t>(size));
  memory.at = end;
  return size;
}

toff_t seek(thandle_t handle, toff_t to, int whence) {
  Memory& memory = memory_of(handle);
  if (whence == SEEK_CUR) to += memory.at;
  if (whence == SEEK_END) to += memory.content().size();
  return memory.at = to;
}

toff_t size_of(thandle_t handle) { return memory_of(handle).content().size(); }

using File = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

File open(Memory& memory, const char* mode) {
  // libtiff prints its messages, unless it is told not to, once for the whole process.
  static std::once_flag once;
  std::call_once(once, [] {
    TIFFSetWarningHandler(nullptr);
    TIFFSetErrorHandler(nullptr);
  });
  return {TIFFClientOpen(
              "picture", mode, &memory, read_some, write_some, seek, [](thandle_t) { return 0; }, size_of, nullptr,
              nullptr),
          TIFFClose};
}

template <class T>
T tag(const File& file, std::uint32_t name, T otherwise) {
  T value{};
  return TIFFGetFieldDefaulted(file.get(), name, &value) == 1 ? value : otherwise;
}

std::string bytes_tag(const File& file, std::uint32_t name) {
  std::uint32_t count = 0;
  const void* data = nullptr;
  if (TIFFGetField(file.get(), name, &count, &data) != 1 || data == nullptr) return {};
  return {static_cast<const char*>(data), count};
}

class Reader {
 public:
  Reader(std::string_view bytes, std::string_view name) : name_(name), file_(nullptr, TIFFClose) {
    memory_.view = bytes;
    file_ = open(memory_, "rm");
    if (file_ == nullptr) fail("is a damaged TIFF file");
  }

  Picture read(std::size_t limit) {
    Picture picture = read_first(limit);
    // A result of one picture would lose the others.
    while (TIFFReadDirectory(file_.get()) == 1)
      if (!is_copy()) fail("holds several pictures; give files of one each");
    return picture;
  }

 private:
  [[noreturn]] void fail(std::string_view what) const { throw InputError(fmt::format("{} {}", name_, what)); }
  [[noreturn]] void truncated() const { fail("is a damaged or truncated TIFF file"); }

  /// Whether the directory is of the first picture in another size, or of its transparency.
  [[nodiscard]] bool is_copy() const {
    return (tag<std::uint32_t>(file_, TIFFTAG_SUBFILETYPE, 0) & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0;
  }

  /// Refuses buffers of libtiff that would be far larger than any picture.
  void check_blocks(std::size_t limit) const {
    const std::uint64_t part =
        TIFFIsTiled(file_.get()) != 0 ? TIFFTileSize64(file_.get()) : TIFFStripSize64(file_.get());
    if (part == 0 || part > std::uint64_t{limit} * 16)
      fail("is a damaged TIFF file: it claims tiles or strips of an absurd size");
  }

  Picture read_first(std::size_t limit) {
    const auto width = tag<std::uint32_t>(file_, TIFFTAG_IMAGEWIDTH, 0);
    const auto height = tag<std::uint32_t>(file_, TIFFTAG_IMAGELENGTH, 0);
    check_area(width, height, limit, name_);
    bits_ = tag<std::uint16_t>(file_, TIFFTAG_BITSPERSAMPLE, 1);
    const auto format = tag<std::uint16_t>(file_, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    const auto samples = tag<std::uint16_t>(file_, TIFFTAG_SAMPLESPERPIXEL, 1);
    const auto meaning = tag<std::uint16_t>(file_, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    if (meaning == PHOTOMETRIC_SEPARATED) fail("is a CMYK picture; convert it to RGB first, with its colour profile");
    check_blocks(limit);
    Picture picture{{1, static_cast<int>(height), static_cast<int>(width), samples}, {}, metadata()};
    const bool plain = (bits_ == 8 || bits_ == 16) && format == SAMPLEFORMAT_UINT,
               real = bits_ == 32 && format == SAMPLEFORMAT_IEEEFP;
    const bool grey = meaning == PHOTOMETRIC_MINISBLACK || meaning == PHOTOMETRIC_MINISWHITE;
    const bool fits = (grey && samples <= 2) || (meaning == PHOTOMETRIC_RGB && (samples == 3 || samples == 4));
    if (fits && (plain || real)) {
      if (bits_ == 8) fill(picture, picture.pixels.emplace<0>());
      if (bits_ == 16) fill(picture, picture.pixels.emplace<1>());
      if (bits_ == 32) fill(picture, picture.pixels.emplace<2>());
      if (meaning == PHOTOMETRIC_MINISWHITE) invert(picture);
      if (samples % 2 == 0 && is_multiplied()) divide(picture);
      return picture;
    }
    if (bits_ > 8)
      fail(fmt::format(
          "is a TIFF file of {} samples of {} bits, sample format {}, photometric {}, which cannot be read; "
          "convert it to grey or RGB of 8 or 16 bits or float",
          samples, bits_, format, meaning));
    simplified(picture);
    return picture;
  }

  [[nodiscard]] Density density() const {
    const auto unit = tag<std::uint16_t>(file_, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    const double scale = unit == RESUNIT_INCH ? 1 / metres_an_inch : unit == RESUNIT_CENTIMETER ? 100 : 1;
    const double x = tag(file_, TIFFTAG_XRESOLUTION, 0.0f) * scale, y = tag(file_, TIFFTAG_YRESOLUTION, 0.0f) * scale;
    if (!(std::min(x, y) >= 1 && std::max(x, y) <= 1e9)) return {};
    return {static_cast<std::uint32_t>(std::lround(x)), static_cast<std::uint32_t>(std::lround(y)),
            unit != RESUNIT_NONE};
  }

  Metadata metadata() {
    Metadata result{{}, bytes_tag(file_, TIFFTAG_XMLPACKET), bytes_tag(file_, TIFFTAG_ICCPROFILE), {}, density()};
    const auto orientation = tag<std::uint16_t>(file_, TIFFTAG_ORIENTATION, 1);
    result.exif = exif_of_tiff(memory_.view);
    if (result.exif.empty() && orientation > 1 && orientation <= 8) result.exif = exif_of_orientation(orientation);
    return result;
  }

  /// How a picture is cut into tiles, or into strips as wide as itself, and whether each channel has its own.
  struct Blocks {
    bool tiled = false, planes = false;
    std::size_t across = 0, down = 0;  ///< A block's size in pixels.
    std::size_t channels = 0;          ///< In a block.
    std::size_t bytes = 0;             ///< The size of a block once libtiff decoded it.
  };

  [[nodiscard]] Blocks blocks(const Shape& shape, std::size_t pixel_bytes) const {
    TIFF* const file = file_.get();
    const auto w = static_cast<std::size_t>(shape.w), h = static_cast<std::size_t>(shape.h);
    Blocks result{.tiled = TIFFIsTiled(file) != 0};
    result.planes =
        shape.c > 1 && tag<std::uint16_t>(file_, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) != PLANARCONFIG_CONTIG;
    result.across = result.tiled ? tag<std::uint32_t>(file_, TIFFTAG_TILEWIDTH, 0) : w;
    result.down = result.tiled ? tag<std::uint32_t>(file_, TIFFTAG_TILELENGTH, 0)
                               : std::min<std::size_t>(h, tag<std::uint32_t>(file_, TIFFTAG_ROWSPERSTRIP, 1));
    result.channels = result.planes ? 1 : static_cast<std::size_t>(shape.c);
    result.bytes = static_cast<std::size_t>(result.tiled ? TIFFTileSize(file) : TIFFStripSize(file));
    if (result.across == 0 || result.down == 0 ||
        result.bytes < result.across * result.down * result.channels * pixel_bytes)
      truncated();
    return result;
  }

  /// Decodes a block, of which at least `rows` must be there.
  template <class Pixel>
  void decode(const Blocks& cut, std::uint32_t index, std::size_t rows, std::vector<Pixel>& block) const {
    TIFF* const file = file_.get();
    const auto size = static_cast<tmsize_t>(cut.bytes);
    const tmsize_t got = cut.tiled ? TIFFReadEncodedTile(file, index, block.data(), size)
                                   : TIFFReadEncodedStrip(file, index, block.data(), size);
    if (got < 0 || static_cast<std::size_t>(got) < cut.across * rows * cut.channels * sizeof(Pixel)) truncated();
  }

  /// Copies a decoded block, of which parts may lie beyond the picture; `first` is its first channel.
  template <class Pixel>
  static void place(const Picture& picture, std::vector<Pixel>& pixels, const std::vector<Pixel>& block,
                    const Blocks& cut, std::size_t x0, std::size_t y0, std::size_t first) {
    const auto w = static_cast<std::size_t>(picture.shape.w), h = static_cast<std::size_t>(picture.shape.h);
    const auto c = static_cast<std::size_t>(picture.shape.c);
    for (std::size_t y = y0; y < std::min(h, y0 + cut.down); ++y)
      for (std::size_t x = x0; x < std::min(w, x0 + cut.across); ++x)
        for (std::size_t s = 0; s < cut.channels; ++s)
          pixels[(y * w + x) * c + first + s] = block[((y - y0) * cut.across + (x - x0)) * cut.channels + s];
  }

  template <class Pixel>
  void fill(const Picture& picture, std::vector<Pixel>& pixels) {
    const auto w = static_cast<std::size_t>(picture.shape.w), h = static_cast<std::size_t>(picture.shape.h);
    const Blocks cut = blocks(picture.shape, sizeof(Pixel));
    // Before the picture is allocated: the first block has to be there. A lie about the size ends here.
    std::vector<Pixel> block(cut.bytes / sizeof(Pixel) + 1);
    std::uint32_t index = 0;
    for (std::size_t plane = 0; plane < (cut.planes ? static_cast<std::size_t>(picture.shape.c) : 1); ++plane)
      for (std::size_t y = 0; y < h; y += cut.down)
        for (std::size_t x = 0; x < w; x += cut.across, ++index) {
          decode(cut, index, cut.tiled ? cut.down : std::min(cut.down, h - y), block);
          if (pixels.empty()) pixels.resize(picture.shape.size());
          place(picture, pixels, block, cut, x, y, plane);
        }
  }

  /// White on 0 becomes black on 0; transparency stays.
  static void invert(Picture& picture) {
    const auto c = static_cast<std::size_t>(picture.shape.c);
    std::visit(
        [c]<class Pixel>(std::vector<Pixel>& pixels) {
          for (std::size_t i = 0; i < pixels.size(); i += c) {
            if constexpr (std::is_same_v<Pixel, float>)
              pixels[i] = 1 - pixels[i];
            else
              pixels[i] = static_cast<Pixel>(std::numeric_limits<Pixel>::max() - pixels[i]);
          }
        },
        picture.pixels);
  }

  /// Whether colours are multiplied by how much of them is seen.
  [[nodiscard]] bool is_multiplied() const {
    std::uint16_t count = 0;
    const std::uint16_t* kinds = nullptr;
    return TIFFGetField(file_.get(), TIFFTAG_EXTRASAMPLES, &count, &kinds) == 1 && count > 0 &&
           kinds[0] == EXTRASAMPLE_ASSOCALPHA;
  }

  /// Divides colours by their transparency, as every other format has them.
  static void divide(Picture& picture) {
    const auto c = static_cast<std::size_t>(picture.shape.c);
    std::visit(
        [c]<class Pixel>(std::vector<Pixel>& pixels) {
          for (std::size_t i = 0; i < pixels.size(); ++i) {
            const Pixel alpha = pixels[i - i % c + c - 1];
            if (i % c == c - 1 || !(alpha > 0)) continue;
            if constexpr (std::is_same_v<Pixel, float>) {
              pixels[i] /= alpha;
            } else {
              constexpr std::uint64_t most = std::numeric_limits<Pixel>::max();
              pixels[i] = static_cast<Pixel>(std::min(most, (pixels[i] * most + alpha / 2) / alpha));
            }
          }
        },
        picture.pixels);
  }

  /// Palettes, bits, YCbCr and other rare kinds as libtiff sees them: RGB, and alpha where there is some.
  void simplified(Picture& picture) {
    std::array<char, 1024> why{};
    if (TIFFRGBAImageOK(file_.get(), why.data()) == 0)
      fail(fmt::format("is a TIFF file that cannot be read: {}", why.data()));
    const auto count = static_cast<std::size_t>(picture.shape.w) * static_cast<std::size_t>(picture.shape.h);
    std::vector<std::uint32_t> packed(count);
    // In the file's own order of rows: orientation is metadata here.
    if (TIFFReadRGBAImageOriented(file_.get(), static_cast<std::uint32_t>(picture.shape.w),
                                  static_cast<std::uint32_t>(picture.shape.h), packed.data(),
                                  tag<std::uint16_t>(file_, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT), 1) == 0)
      truncated();
    const bool grey = std::ranges::all_of(
        packed, [](std::uint32_t p) { return TIFFGetR(p) == TIFFGetG(p) && TIFFGetR(p) == TIFFGetB(p); });
    const bool alpha = std::ranges::any_of(packed, [](std::uint32_t p) { return TIFFGetA(p) != 255; });
    picture.shape.c = (grey ? 1 : 3) + (alpha ? 1 : 0);
    auto& pixels = picture.pixels.emplace<0>();
    pixels.reserve(picture.shape.size());
    for (const std::uint32_t p : packed) {
      pixels.push_back(static_cast<std::uint8_t>(TIFFGetR(p)));
      if (!grey) pixels.push_back(static_cast<std::uint8_t>(TIFFGetG(p)));
      if (!grey) pixels.push_back(static_cast<std::uint8_t>(TIFFGetB(p)));
      if (alpha) pixels.push_back(static_cast<std::uint8_t>(TIFFGetA(p)));
    }
  }

  std::string_view name_;
  Memory memory_;
  File file_;
  std::uint16_t bits_ = 0;
};

}  // namespace

Picture decode_tiff(std::string_view bytes, std::string_view name, std::size_t limit) {
  return Reader(bytes, name).read(limit);
}

std::string encode_tiff(const Picture& picture) {
  check_picture(picture);
  const Shape& shape = picture.shape;
  Memory memory;
  memory.writing = true;
  const std::size_t sample = std::visit([](const auto& p) { return sizeof(p[0]); }, picture.pixels);
  const std::size_t row = static_cast<std::size_t>(shape.w) * static_cast<std::size_t>(shape.c) * sample;
  {
    const File file = open(memory, row * static_cast<std::size_t>(shape.h) > (std::size_t{1} << 31) ? "w8" : "w");
    if (file == nullptr) throw UsageError("cannot make a TIFF file");
    TIFF* const tiff = file.get();
    const bool real = picture.pixels.index() == 2;
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(shape.w));
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(shape.h));
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, shape.c);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, static_cast<int>(8 * sample));
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, real ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, shape.c <= 2 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
    TIFFSetField(tiff, TIFFTAG_PREDICTOR, real ? PREDICTOR_FLOATINGPOINT : PREDICTOR_HORIZONTAL);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, TIFFDefaultStripSize(tiff, 0));
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, orientation_of(picture.metadata));
    if (const Density& density = picture.metadata.density; density.x > 0 && density.y > 0) {
      // Two decimals are enough for every whole number of pixels a metre, and 300 an inch stay 300.
      const auto stated = [&](std::uint32_t value) {
        return density.per_metre ? std::round(value * metres_an_inch * 100) / 100 : value;
      };
      TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, density.per_metre ? RESUNIT_INCH : RESUNIT_NONE);
      TIFFSetField(tiff, TIFFTAG_XRESOLUTION, stated(density.x));
      TIFFSetField(tiff, TIFFTAG_YRESOLUTION, stated(density.y));
    }
    if (shape.c % 2 == 0) {
      const std::uint16_t alpha = EXTRASAMPLE_UNASSALPHA;
      TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &alpha);
    }
    const auto set_bytes = [tiff](std::uint32_t name, const std::string& bytes) {
      if (!bytes.empty()) TIFFSetField(tiff, name, static_cast<std::uint32_t>(bytes.size()), bytes.data());
    };
    set_bytes(TIFFTAG_XMLPACKET, picture.metadata.xmp);
    set_bytes(TIFFTAG_ICCPROFILE, picture.metadata.icc);
    const auto* pixels =
        std::visit([](const auto& p) { return reinterpret_cast<const char*>(p.data()); }, picture.pixels);
    // The predictor works in the buffer that it is given.
    std::vector<char> line(row);
    for (int y = 0; y < shape.h; ++y) {
      std::memcpy(line.data(), pixels + static_cast<std::size_t>(y) * row, row);
      if (TIFFWriteScanline(tiff, line.data(), static_cast<std::uint32_t>(y), 0) != 1)
        throw UsageError("cannot make a TIFF file");
    }
    if (TIFFFlush(tiff) != 1) throw UsageError("cannot make a TIFF file");
  }
  return with_exif(std::move(memory.bytes), picture.metadata.exif);
}

}  // namespace dae
