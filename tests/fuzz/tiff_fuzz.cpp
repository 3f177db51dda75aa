#include "host/images/formats.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz(data, size, [](std::string_view bytes) {
    dae::Picture picture = dae::decode_tiff(bytes, "'f'", 1 << 20);
    // A damaged file may hold more of it than the format can be given.
    picture.metadata = {};
    if (picture.shape.h > 4096 || picture.shape.w > 4096) return;
    const dae::Picture back = dae::decode_tiff(dae::encode_tiff(picture), "'f'");
    require(back.shape == picture.shape && back.pixels.index() == picture.pixels.index());
  });
}
