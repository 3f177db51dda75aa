#include "host/images/formats.hpp"

// jpeglib.h needs size_t and FILE declared before it.
#include <cstddef>
#include <cstdio>

#include <fmt/format.h>
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csetjmp>
#include <cstdlib>

#include "dae/error.hpp"

namespace dae {
namespace {

constexpr std::string_view exif_start("Exif\0\0", 6), xmp_start("http://ns.adobe.com/xap/1.0/\0", 29);
constexpr std::size_t longest_marker = 65533, longest_icc_part = longest_marker - 14;
constexpr JDIMENSION longest_side = 65500;
// A progressive file may ask for any number of passes over the whole picture; real ones have about ten.
constexpr int most_scans = 500;

/// libjpeg's error handler, progress monitor and last message.
struct Handler {
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf back{};
  std::array<char, JMSG_LENGTH_MAX> complaint{};
};

void on_error(j_common_ptr codec) {
  auto& handler = *static_cast<Handler*>(codec->client_data);
  codec->err->format_message(codec, handler.complaint.data());
  std::longjmp(handler.back, 1);
}

/// Warnings of missing data are errors: libjpeg would make up the rest of the picture.
void on_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  const int code = codec->err->msg_code;
  if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE || code == JWRN_MUST_RESYNC)
    on_error(codec);
}

void on_progress(j_common_ptr codec) {
  if (codec->is_decompressor == 0) return;
  if (reinterpret_cast<j_decompress_ptr>(codec)->input_scan_number > most_scans) ERREXIT(codec, JERR_BAD_PROGRESSION);
}

template <class Codec>
void attach(Handler& handler, Codec& codec) {
  codec.err = jpeg_std_error(&handler.errors);
  codec.client_data = &handler;
  handler.errors.error_exit = on_error;
  handler.errors.emit_message = on_message;
  handler.errors.output_message = [](j_common_ptr) {};
  handler.progress.progress_monitor = on_progress;
}

/// Makes calls to libjpeg; false when one fails. It then leaves them by longjmp, so nothing in them may have a
/// destructor.
template <class Calls>
[[gnu::noinline]] bool guarded(Handler& handler, Calls&& calls) {
  if (setjmp(handler.back) != 0) return false;
  calls();
  return true;
}

class Reader {
 public:
  Reader(std::string_view bytes, std::string_view name) : bytes_(bytes), name_(name) {
    attach(handler_, codec_);
    calls([&] {
      jpeg_create_decompress(&codec_);
      codec_.progress = &handler_.progress;
      codec_.client_data = &handler_;
    });
  }
  ~Reader() { jpeg_destroy_decompress(&codec_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Picture read(std::size_t limit) {
    calls([&] {
      jpeg_mem_src(&codec_, reinterpret_cast<const unsigned char*>(bytes_.data()), bytes_.size());
      jpeg_save_markers(&codec_, JPEG_APP0 + 1, 0xFFFF);
      jpeg_save_markers(&codec_, JPEG_APP0 + 2, 0xFFFF);
      jpeg_read_header(&codec_, TRUE);
    });
    check_area(codec_.image_width, codec_.image_height, limit, name_);
    const auto space = codec_.jpeg_color_space;
    if (space == JCS_CMYK || space == JCS_YCCK)
      throw InputError(fmt::format("{} is a CMYK picture; convert it to RGB first, with its colour profile", name_));
    codec_.out_color_space = space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
    Picture picture{{1, static_cast<int>(codec_.image_height), static_cast<int>(codec_.image_width),
                     space == JCS_GRAYSCALE ? 1 : 3},
                    {},
                    metadata()};
    auto& pixels = picture.pixels.emplace<0>(picture.shape.size());
    const std::size_t row = picture.shape.size() / codec_.image_height;
    calls([&] {
      jpeg_start_decompress(&codec_);
      while (codec_.output_scanline < codec_.output_height) {
        JSAMPROW to = pixels.data() + codec_.output_scanline * row;
        jpeg_read_scanlines(&codec_, &to, 1);
      }
      jpeg_finish_decompress(&codec_);
    });
    return picture;
  }

 private:
  template <class Calls>
  void calls(Calls&& made) {
    if (!guarded(handler_, made))
      throw InputError(fmt::format("{} is a damaged JPEG file: {}", name_, handler_.complaint.data()));
  }

  [[nodiscard]] Density density() const {
    const std::uint32_t x = codec_.X_density, y = codec_.Y_density;
    if (codec_.saw_JFIF_marker == FALSE || x == 0 || y == 0) return {};
    if (codec_.density_unit == 2) return {100 * x, 100 * y};
    if (codec_.density_unit == 1)
      return {static_cast<std::uint32_t>(std::lround(x / metres_an_inch)),
              static_cast<std::uint32_t>(std::lround(y / metres_an_inch))};
    return x == y ? Density{} : Density{x, y, false};
  }

  Metadata metadata() {
    Metadata result;
    result.density = density();
    for (jpeg_saved_marker_ptr marker = codec_.marker_list; marker != nullptr; marker = marker->next) {
      const std::string_view data(reinterpret_cast<const char*>(marker->data), marker->data_length);
      if (marker->marker != JPEG_APP0 + 1) continue;
      if (data.starts_with(exif_start)) result.exif = data.substr(exif_start.size());
      if (data.starts_with(xmp_start)) result.xmp = data.substr(xmp_start.size());
    }
    JOCTET* profile = nullptr;
    unsigned size = 0;
    calls([&] {
      if (jpeg_read_icc_profile(&codec_, &profile, &size) == FALSE) profile = nullptr;
    });
    if (profile != nullptr) result.icc.assign(reinterpret_cast<const char*>(profile), size);
    std::free(profile);
    return result;
  }

  std::string_view bytes_, name_;
  Handler handler_;
  jpeg_decompress_struct codec_{};
};

class Writer {
 public:
  Writer() {
    attach(handler_, codec_);
    calls([&] {
      jpeg_create_compress(&codec_);
      codec_.client_data = &handler_;
    });
  }
  ~Writer() {
    jpeg_destroy_compress(&codec_);
    std::free(bytes_);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  std::string write(const Picture& picture, int quality) {
    const auto& pixels = std::get<0>(picture.pixels);
    const auto row = static_cast<std::size_t>(picture.shape.w) * static_cast<std::size_t>(picture.shape.c);
    const std::string exif = std::string(exif_start) + picture.metadata.exif;
    const std::string xmp = std::string(xmp_start) + picture.metadata.xmp;
    const std::string& icc = picture.metadata.icc;
    calls([&] {
      jpeg_mem_dest(&codec_, &bytes_, &size_);
      codec_.image_width = static_cast<JDIMENSION>(picture.shape.w);
      codec_.image_height = static_cast<JDIMENSION>(picture.shape.h);
      codec_.input_components = picture.shape.c;
      codec_.in_color_space = picture.shape.c == 1 ? JCS_GRAYSCALE : JCS_RGB;
      jpeg_set_defaults(&codec_);
      jpeg_set_quality(&codec_, quality, TRUE);
      codec_.optimize_coding = TRUE;
      // Full resolution of colour: what was denoised shall not be blurred again.
      codec_.comp_info[0].h_samp_factor = codec_.comp_info[0].v_samp_factor = 1;
      set_density(picture.metadata.density);
      jpeg_start_compress(&codec_, TRUE);
      if (!picture.metadata.exif.empty()) marker(JPEG_APP0 + 1, exif);
      if (!picture.metadata.xmp.empty()) marker(JPEG_APP0 + 1, xmp);
      if (!icc.empty())
        jpeg_write_icc_profile(&codec_, reinterpret_cast<const JOCTET*>(icc.data()), static_cast<unsigned>(icc.size()));
      while (codec_.next_scanline < codec_.image_height) {
        auto* from = const_cast<JSAMPROW>(pixels.data() + codec_.next_scanline * row);
        jpeg_write_scanlines(&codec_, &from, 1);
      }
      jpeg_finish_compress(&codec_);
    });
    return {reinterpret_cast<const char*>(bytes_), size_};
  }

 private:
  template <class Calls>
  void calls(Calls&& made) {
    if (!guarded(handler_, made))
      throw UsageError(fmt::format("cannot make a JPEG file: {}", handler_.complaint.data()));
  }
  /// By centimetre where that is exact, else by inch; not at all where JPEG's 16 bits do not hold it.
  void set_density(const Density& density) {
    const bool exact = density.x % 100 == 0 && density.y % 100 == 0;
    const double scale = !density.per_metre ? 1 : exact ? 0.01 : metres_an_inch;
    const long x = std::lround(density.x * scale), y = std::lround(density.y * scale);
    if (std::min(x, y) < 1 || std::max(x, y) > 0xFFFF) return;
    codec_.density_unit = static_cast<UINT8>(!density.per_metre ? 0 : exact ? 2 : 1);
    codec_.X_density = static_cast<UINT16>(x);
    codec_.Y_density = static_cast<UINT16>(y);
  }
  void marker(int kind, std::string_view data) {
    jpeg_write_marker(&codec_, kind, reinterpret_cast<const JOCTET*>(data.data()), static_cast<unsigned>(data.size()));
  }

  Handler handler_;
  jpeg_compress_struct codec_{};
  unsigned char* bytes_ = nullptr;
  unsigned long size_ = 0;
};

}  // namespace

Picture decode_jpeg(std::string_view bytes, std::string_view name, std::size_t limit) {
  return Reader(bytes, name).read(limit);
}

std::string encode_jpeg(const Picture& picture, int quality) {
  check_picture(picture);
  if (picture.shape.c % 2 == 0 || picture.pixels.index() != 0)
    throw UsageError("JPEG files hold 8 bits and no transparency");
  if (std::max(picture.shape.h, picture.shape.w) > static_cast<int>(longest_side))
    throw UsageError("JPEG files hold at most 65,500 pixels a side; use --format png");
  const Metadata& metadata = picture.metadata;
  if (metadata.exif.size() + exif_start.size() > longest_marker ||
      metadata.xmp.size() + xmp_start.size() > longest_marker)
    throw UsageError("JPEG files hold at most 64 KiB of EXIF and of XMP each; use --format png");
  if (metadata.icc.size() > 255 * longest_icc_part) throw UsageError("its colour profile is too large for a JPEG file");
  return Writer().write(picture, quality);
}

}  // namespace dae
