#include <algorithm>
#include <string>

#include <zlib.h>

#include "host/images/formats.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz(data, size, [](std::string_view bytes) {
    const dae::Picture picture = dae::decode_png(bytes, "'f'", 1 << 20);
    const dae::Picture back = dae::decode_png(dae::encode_png(picture), "'f'");
    require(back.shape == picture.shape && back.pixels == picture.pixels);
  });
}

/// Mutates as usual, then sets the chunks' checksums right in three of four cases: else hardly an input would get past
/// them.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  const std::size_t length = LLVMFuzzerMutate(data, size, max_size);
  if (seed % 4 == 0) return length;
  for (std::size_t at = 8; at + 12 <= length;) {
    std::size_t chunk = 0;
    for (std::size_t i = 0; i < 4; ++i) chunk = chunk << 8 | data[at + i];
    if (chunk > length - at - 12) break;
    const auto sum = crc32(0, data + at + 4, static_cast<unsigned>(chunk + 4));
    for (std::size_t i = 0; i < 4; ++i) data[at + 8 + chunk + i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
    at += 12 + chunk;
  }
  return length;
}
