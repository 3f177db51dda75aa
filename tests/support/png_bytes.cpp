#include "tests/support/png_bytes.hpp"

#include <zlib.h>

#include <stdexcept>

namespace {

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift & 0xFFU);
  return bytes;
}

}  // namespace

std::string png_signature() { return "\x89PNG\r\n\x1a\n"; }

std::string png_chunk(std::string_view type, std::string_view data) {
  const std::string body = std::string(type) + std::string(data);
  const auto sum = crc32(0, reinterpret_cast<const unsigned char*>(body.data()), static_cast<unsigned>(body.size()));
  return big_endian(static_cast<std::uint32_t>(data.size())) + body + big_endian(static_cast<std::uint32_t>(sum));
}

std::string png_header(std::uint32_t width, std::uint32_t height, int depth, int colour, int interlace) {
  std::string data = big_endian(width) + big_endian(height);
  for (const int value : {depth, colour, 0, 0, interlace}) data += static_cast<char>(value);
  return png_chunk("IHDR", data);
}

std::string png_data(const std::vector<std::string>& scanlines) {
  std::string raw;
  for (const std::string& line : scanlines) raw += '\0' + line;
  std::string packed(compressBound(raw.size()), '\0');
  uLongf size = packed.size();
  if (compress(reinterpret_cast<unsigned char*>(packed.data()), &size,
               reinterpret_cast<const unsigned char*>(raw.data()), raw.size()) != Z_OK) {
    throw std::runtime_error("compress failed");
  }
  packed.resize(size);
  return png_chunk("IDAT", packed);
}

std::string png_file(const std::string& header, const std::vector<std::string>& scanlines, const std::string& extra) {
  return png_signature() + header + extra + png_data(scanlines) + png_chunk("IEND", "");
}
