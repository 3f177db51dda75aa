#include <array>
#include <map>
#include <string>

#include "host/checkpoint/checkpoint.hpp"
#include "host/checkpoint/safetensors.hpp"
#include "tests/fuzz/fuzz.hpp"

/// The input is the values of a checkpoint's metadata in this order, each ended by a byte FF; the tensors follow as
/// they lie in a safetensors file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz(data, size, [](std::string_view bytes) {
    constexpr std::array<const char*, 8> keys = {"graph",     "sample", "format_version", "noise",
                                                 "optimizer", "step",   "metrics",        "run"};
    std::map<std::string, std::string> metadata;
    for (const char* key : keys) {
      const std::size_t end = bytes.find('\xFF');
      if (end == std::string_view::npos) break;
      metadata[key] = bytes.substr(0, end);
      bytes.remove_prefix(end + 1);
    }
    dae::TensorFile file;
    if (!bytes.empty()) file = dae::decode_safetensors(bytes, "'f'");
    std::vector<dae::NamedTensor> tensors;
    for (const auto& entry : file.entries) tensors.push_back({entry.name, entry.dims, file.values(entry)});
    const dae::Checkpoint checkpoint = dae::decode_checkpoint(dae::encode_safetensors(tensors, metadata), "'f'");
    const std::string written = dae::encode_checkpoint(checkpoint);
    const dae::Checkpoint back = dae::decode_checkpoint(written, "'f'");
    require(dae::encode_checkpoint(back) == written);
  });
}
