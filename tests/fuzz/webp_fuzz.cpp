#include "host/images/formats.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz(data, size, [](std::string_view bytes) {
    dae::Picture picture = dae::decode_webp(bytes, "'f'", 1 << 20);
    // A damaged file may hold more of it than the format can be given.
    picture.metadata = {};
    if (picture.shape.h > 4096 || picture.shape.w > 4096) return;
    const dae::Picture back = dae::decode_webp(dae::encode_webp(picture, 90), "'f'");
    // An alpha channel that is opaque throughout is not written.
    require(back.shape.h == picture.shape.h && back.shape.w == picture.shape.w);
  });
}
