#include "host/images/formats.hpp"

#include <fmt/format.h>
#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <csetjmp>
#include <cstring>
#include <limits>
#include <new>
#include <span>

#include "dae/error.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/input_file.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

constexpr std::size_t largest_file = std::size_t{1} << 32;
// Deflate makes at most 1032 bytes of one: a header that claims more than its file can hold is a lie.
constexpr std::size_t deflate_ratio = 1032;
constexpr std::array<int, 5> colour_type = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                            PNG_COLOR_TYPE_RGB_ALPHA};

constexpr std::string_view xmp_key = "XML:com.adobe.xmp";

/// Chunks that are passed on as they are, and the length that they must have; 0: any.
struct KeptChunk {
  std::string_view type;
  std::size_t length;
};
constexpr std::array kept_chunks = {KeptChunk{"cHRM", 32}, KeptChunk{"gAMA", 4}, KeptChunk{"sRGB", 1},
                                    KeptChunk{"cICP", 4},  KeptChunk{"tEXt", 0}, KeptChunk{"zTXt", 0},
                                    KeptChunk{"iTXt", 0}};

/// Whether a chunk, given from its length to its checksum, is kept: an undamaged one of the list, but not XMP.
bool is_kept(std::string_view chunk) {
  const std::string_view type = chunk.substr(4, 4), data = chunk.substr(8, chunk.size() - 12);
  const auto* const kept = std::ranges::find(kept_chunks, type, &KeptChunk::type);
  if (kept == kept_chunks.end() || (kept->length != 0 && kept->length != data.size())) return false;
  const auto* const bytes = reinterpret_cast<const Bytef*>(chunk.data());
  const auto sum = crc32_z(0, bytes + 4, chunk.size() - 8);
  return sum == png_get_uint_32(bytes + chunk.size() - 4) && !(type == "iTXt" && data.starts_with(xmp_key));
}

/// libpng's last message.
using Complaint = std::array<char, 200>;

void on_error(png_structp png, png_const_charp message) {
  auto& complaint = *static_cast<Complaint*>(png_get_error_ptr(png));
  std::strncpy(complaint.data(), message, complaint.size() - 1);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

/// Makes calls to libpng; false when one fails. It then leaves them by longjmp, so nothing in them may have a
/// destructor.
template <class Calls>
[[gnu::noinline]] bool guarded(png_structp png, Calls&& calls) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  calls();
  return true;
}

/// The addresses of an image's rows.
template <class Pixel>
std::vector<png_bytep> rows(std::vector<Pixel>& pixels, const Shape& shape) {
  std::vector<png_bytep> result;
  const std::size_t row = static_cast<std::size_t>(shape.w) * static_cast<std::size_t>(shape.c);
  for (std::size_t at = 0; at < pixels.size(); at += row) {
    result.push_back(reinterpret_cast<png_bytep>(pixels.data() + at));
  }
  return result;
}

class Reader {
 public:
  Reader(std::string_view bytes, std::string_view name)
      : bytes_(bytes),
        name_(name),
        png_(png_create_read_struct(PNG_LIBPNG_VER_STRING, &complaint_, on_error, on_warning)),
        info_(png_ != nullptr ? png_create_info_struct(png_) : nullptr) {
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc();
    }
    png_set_read_fn(png_, &bytes_, take);
  }
  ~Reader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Picture read(std::size_t limit) {
    read_header(limit);
    Picture result;
    result.shape = {1, static_cast<int>(png_get_image_height(png_, info_)),
                    static_cast<int>(png_get_image_width(png_, info_)), png_get_channels(png_, info_)};
    if (png_get_bit_depth(png_, info_) == 16) result.pixels.emplace<1>();
    std::visit(
        [&](auto& pixels) {
          pixels.resize(result.shape.size());
          std::vector<png_bytep> places = rows(pixels, result.shape);
          calls([&] {
            png_read_image(png_, places.data());
            png_read_end(png_, info_);
          });
        },
        result.pixels);
    result.metadata = metadata();
    return result;
  }

 private:
  /// Everything that stands before and after the pixels.
  Metadata metadata() {
    png_charp profile_name = nullptr;
    png_bytep exif = nullptr, icc = nullptr;
    png_textp texts = nullptr;
    png_uint_32 exif_size = 0, icc_size = 0;
    int text_count = 0, method = 0, unit = PNG_RESOLUTION_METER;
    Metadata result;
    Density& density = result.density;
    calls([&] {
      png_get_pHYs(png_, info_, &density.x, &density.y, &unit);
      png_get_eXIf_1(png_, info_, &exif_size, &exif);
      png_get_iCCP(png_, info_, &profile_name, &method, &icc, &icc_size);
      png_get_text(png_, info_, &texts, &text_count);
    });
    density.per_metre = unit == PNG_RESOLUTION_METER;
    result.png = std::move(kept_);
    if (exif != nullptr) result.exif.assign(reinterpret_cast<const char*>(exif), exif_size);
    if (icc != nullptr) result.icc.assign(reinterpret_cast<const char*>(icc), icc_size);
    for (const png_text& text : std::span(texts, static_cast<std::size_t>(text_count))) {
      if (xmp_key != text.key) continue;
      result.xmp.assign(text.text, text.itxt_length > 0 ? text.itxt_length : text.text_length);
    }
    return result;
  }

  static void take(png_structp png, png_bytep into, std::size_t size) {
    auto& rest = *static_cast<std::string_view*>(png_get_io_ptr(png));
    if (size > rest.size()) png_error(png, "it is truncated");
    std::memcpy(into, rest.data(), size);
    rest.remove_prefix(size);
  }

  [[noreturn]] void fail(std::string_view what) const { throw InputError(fmt::format("{} {}", name_, what)); }

  template <class Calls>
  void calls(Calls&& made) {
    if (!guarded(png_, made)) fail(fmt::format("is a damaged PNG file: {}", complaint_.data()));
  }

  /// Refuses chunks beside the pixels that claim more than is there: libpng allocates what they claim. Keeps those to
  /// be passed on.
  void check_chunks() {
    for (std::size_t at = 8; bytes_.size() - at >= 8;) {
      const std::size_t length = png_get_uint_32(reinterpret_cast<png_const_bytep>(bytes_.data() + at));
      const std::size_t left = bytes_.size() - at - 8;
      if (length > left || left - length < 4) {
        if (bytes_.substr(at + 4, 4) == "IDAT") return;  // Its pixels are read as they come.
        fail("is a damaged PNG file: it is truncated");
      }
      if (bytes_.substr(at + 4, 4) == "IEND") return;
      if (bytes_.substr(at + 4, 4) == "acTL") fail("is an animation; give a single picture");
      if (const auto chunk = bytes_.substr(at, 12 + length); is_kept(chunk)) kept_ += chunk;
      at += 12 + length;
    }
  }

  /// Reads up to the pixels, and asks for 8 or 16 bit channels without a palette.
  void read_header(std::size_t limit) {
    constexpr std::array<png_byte, 8> signature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    const std::size_t size = bytes_.size();
    if (bytes_.empty()) fail("is empty; give a PNG file");
    if (size < 8 || std::memcmp(bytes_.data(), signature.data(), 8) != 0) fail("is no PNG file");
    check_chunks();
    calls([&] {
      // Our own limit is on the area; libpng's are on width and height.
      png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
      png_read_info(png_, info_);
    });
    const std::size_t width = png_get_image_width(png_, info_), height = png_get_image_height(png_, info_);
    check_area(width, height, limit, name_);
    const std::size_t bits = std::size_t{png_get_bit_depth(png_, info_)} * png_get_channels(png_, info_);
    if ((width * bits + 7) / 8 * height / deflate_ratio > size) {
      fail(fmt::format("is truncated or damaged: it claims {} x {} pixels and has {} bytes", width, height, size));
    }
    calls([&] {
      png_set_expand(png_);
      if (std::endian::native == std::endian::little) png_set_swap(png_);
      png_set_interlace_handling(png_);
      png_read_update_info(png_, info_);
    });
  }

  std::string_view bytes_;
  std::string_view name_;
  std::string kept_;
  Complaint complaint_{};
  png_structp png_;
  png_infop info_;
};

class Writer {
 public:
  Writer()
      : png_(png_create_write_struct(PNG_LIBPNG_VER_STRING, &complaint_, on_error, on_warning)),
        info_(png_ != nullptr ? png_create_info_struct(png_) : nullptr) {
    if (info_ == nullptr) {
      png_destroy_write_struct(&png_, nullptr);
      throw std::bad_alloc();
    }
    png_set_write_fn(png_, &bytes_, append, [](png_structp) {});
  }
  ~Writer() { png_destroy_write_struct(&png_, &info_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  template <class Pixel>
  std::string write(const Shape& shape, const std::vector<Pixel>& pixels, const Metadata& metadata) {
    png_text xmp{};
    xmp.compression = PNG_ITXT_COMPRESSION_NONE;
    xmp.key = const_cast<png_charp>(xmp_key.data());
    xmp.text = const_cast<png_charp>(metadata.xmp.c_str());
    xmp.itxt_length = metadata.xmp.size();
    auto* const exif = reinterpret_cast<png_bytep>(const_cast<char*>(metadata.exif.data()));
    const auto* const icc = reinterpret_cast<png_const_bytep>(metadata.icc.data());
    const Density density = metadata.density;
    calls([&] {
      // A profile that libpng takes for damaged is left out; the pixels are worth more.
      png_set_benign_errors(png_, 1);
      png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
      png_set_IHDR(png_, info_, static_cast<png_uint_32>(shape.w), static_cast<png_uint_32>(shape.h),
                   static_cast<int>(8 * sizeof(Pixel)), colour_type[static_cast<std::size_t>(shape.c)],
                   PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
      if (!metadata.exif.empty()) png_set_eXIf_1(png_, info_, static_cast<png_uint_32>(metadata.exif.size()), exif);
      if (!metadata.icc.empty())
        png_set_iCCP(png_, info_, "profile", PNG_COMPRESSION_TYPE_BASE, icc,
                     static_cast<png_uint_32>(metadata.icc.size()));
      if (!metadata.xmp.empty()) png_set_text(png_, info_, &xmp, 1);
      if (density.x > 0 && density.y > 0)
        png_set_pHYs(png_, info_, density.x, density.y,
                     density.per_metre ? PNG_RESOLUTION_METER : PNG_RESOLUTION_UNKNOWN);
      png_write_info(png_, info_);
    });
    bytes_ += metadata.png;
    calls([&] {
      if (sizeof(Pixel) == 2 && std::endian::native == std::endian::little) png_set_swap(png_);
      const std::size_t row = static_cast<std::size_t>(shape.w) * static_cast<std::size_t>(shape.c);
      for (std::size_t at = 0; at < pixels.size(); at += row) {
        png_write_row(png_, reinterpret_cast<png_const_bytep>(pixels.data() + at));
      }
      png_write_end(png_, nullptr);
    });
    return std::move(bytes_);
  }

 private:
  template <class Calls>
  void calls(Calls&& made) {
    if (!guarded(png_, made)) throw UsageError(fmt::format("cannot make a PNG file: {}", complaint_.data()));
  }

  static void append(png_structp png, png_bytep from, std::size_t size) {
    bool stored = true;
    try {
      static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(from), size);
    } catch (const std::bad_alloc&) {
      stored = false;
    }
    // Not from within the handler, which a longjmp must not leave.
    if (!stored) png_error(png, "out of memory");
  }

  std::string bytes_;
  Complaint complaint_{};
  png_structp png_;
  png_infop info_;
};

}  // namespace

Picture decode_png(std::string_view bytes, std::string_view name, std::size_t limit) {
  return Reader(bytes, name).read(limit);
}

Picture read_png(const std::filesystem::path& path, std::size_t limit) {
  return decode_png(read_file(path, largest_file), quote_path(path), limit);
}

std::string encode_png(const Picture& picture) {
  check_picture(picture);
  return std::visit(
      [&]<class Pixel>(const std::vector<Pixel>& pixels) -> std::string {
        if constexpr (std::is_same_v<Pixel, float>)
          throw UsageError("PNG files hold no float; use TIFF");
        else
          return Writer().write(picture.shape, pixels, picture.metadata);
      },
      picture.pixels);
}

void write_png(const std::filesystem::path& path, const Picture& picture) { write_file(path, encode_png(picture)); }

}  // namespace dae
