#include "host/report/event_file.hpp"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <array>
#include <bit>
#include <chrono>

#include "host/files/atomic_file.hpp"

namespace dae {
namespace {

using google::protobuf::io::CodedOutputStream;

/// A protobuf message, field by field. (Its schema is not in Debian, and has five fields that matter here.)
class Message {
 public:
  void text(std::uint32_t field, std::string_view value) {
    write([&](CodedOutputStream& out) {
      out.WriteTag(field << 3 | 2);
      out.WriteVarint32(static_cast<std::uint32_t>(value.size()));
      out.WriteRaw(value.data(), static_cast<int>(value.size()));
    });
  }
  void integer(std::uint32_t field, std::uint64_t value) {
    write([&](CodedOutputStream& out) {
      out.WriteTag(field << 3);
      out.WriteVarint64(value);
    });
  }
  void real(std::uint32_t field, double value) {
    write([&](CodedOutputStream& out) {
      out.WriteTag(field << 3 | 1);
      out.WriteLittleEndian64(std::bit_cast<std::uint64_t>(value));
    });
  }
  void real(std::uint32_t field, float value) {
    write([&](CodedOutputStream& out) {
      out.WriteTag(field << 3 | 5);
      out.WriteLittleEndian32(std::bit_cast<std::uint32_t>(value));
    });
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  template <class Write>
  void write(Write&& write) {
    google::protobuf::io::StringOutputStream stream(&bytes_);
    CodedOutputStream out(&stream);
    write(out);
  }
  std::string bytes_;
};

// Field numbers of TensorFlow's event.proto and summary.proto.
constexpr std::uint32_t event_time = 1, event_step = 2, event_version = 3, event_summary = 5;
constexpr std::uint32_t summary_value = 1, value_tag = 1, value_scalar = 2, value_image = 4;
constexpr std::uint32_t image_height = 1, image_width = 2, image_channels = 3, image_bytes = 4;

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

std::filesystem::path path_in(const std::filesystem::path& folder) {
  make_folder(folder);
  return folder / fmt::format("events.out.tfevents.{:.6f}.dae-cuda", now());
}

template <class T>
std::string little_endian(T value) {
  std::string bytes(sizeof value, '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(value & 0xff);
    value = static_cast<T>(value >> 8);
  }
  return bytes;
}

/// As TFRecord files have it: a checksum of bytes that hold checksums would be weak.
std::uint32_t masked_crc(std::string_view bytes) { return std::rotr(crc32c(bytes), 15) + 0xa282ead8u; }

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> values{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0x82f63b78u : 0);
      values[i] = value;
    }
    return values;
  }();
  std::uint32_t crc = 0xffffffffu;
  for (const char byte : bytes) crc = crc >> 8 ^ table[(crc ^ static_cast<unsigned char>(byte)) & 0xff];
  return ~crc;
}

EventFile::EventFile(const std::filesystem::path& folder) : file_(path_in(folder)) {
  Message event;
  event.real(event_time, now());
  event.text(event_version, "brain.Event:2");
  record(event.bytes());
}

void EventFile::scalar(std::string_view tag, std::uint64_t step, double value) {
  Message entry;
  entry.text(value_tag, tag);
  entry.real(value_scalar, static_cast<float>(value));
  summary(step, entry.bytes());
}

void EventFile::png(std::string_view tag, std::uint64_t step, int height, int width, std::string_view bytes) {
  Message image, entry;
  image.integer(image_height, static_cast<std::uint64_t>(height));
  image.integer(image_width, static_cast<std::uint64_t>(width));
  image.integer(image_channels, 3);
  image.text(image_bytes, bytes);
  entry.text(value_tag, tag);
  entry.text(value_image, image.bytes());
  summary(step, entry.bytes());
}

void EventFile::summary(std::uint64_t step, std::string_view value) {
  Message values, event;
  values.text(summary_value, value);
  event.real(event_time, now());
  event.integer(event_step, step);
  event.text(event_summary, values.bytes());
  record(event.bytes());
}

void EventFile::record(std::string_view event) {
  const std::string length = little_endian<std::uint64_t>(event.size());
  file_.append(length + little_endian(masked_crc(length)) + std::string(event) + little_endian(masked_crc(event)));
}

}  // namespace dae
