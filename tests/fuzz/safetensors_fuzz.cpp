#include <vector>

#include "host/checkpoint/safetensors.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz(data, size, [](std::string_view bytes) {
    const dae::TensorFile file = dae::decode_safetensors(bytes, "'f'");
    std::vector<dae::NamedTensor> tensors;
    for (const auto& entry : file.entries) tensors.push_back({entry.name, entry.dims, file.values(entry)});
    const std::string written = dae::encode_safetensors(tensors, file.metadata);
    const dae::TensorFile back = dae::decode_safetensors(written, "'f'");
    require(back.entries.size() == file.entries.size() && back.metadata == file.metadata);
    // Bytes, because NaN is not equal to itself.
    require(dae::encode_safetensors(tensors, back.metadata) == written);
  });
}
