#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// \file
/// The safetensors format: an 8-byte little-endian length, a JSON header of that length, then the tensors' elements.
/// Only F32 tensors.
namespace dae {

/// A tensor to be written.
struct NamedTensor {
  std::string name;
  std::vector<std::size_t> dims;
  std::span<const float> values;
};

/// A file that was read.
struct TensorFile {
  struct Entry {
    std::string name;
    std::vector<std::size_t> dims;
    std::size_t offset = 0, size = 0;  ///< In floats, in `data`.
  };

  std::vector<Entry> entries;  ///< In the order of their data.
  std::vector<float> data;     ///< All elements, one tensor after the other.
  std::map<std::string, std::string> metadata;

  /// Null when there is no tensor of that name.
  [[nodiscard]] const Entry* find(std::string_view name) const;
  [[nodiscard]] std::span<const float> values(const Entry& entry) const {
    return std::span(data).subspan(entry.offset, entry.size);
  }
};

/// Throws InputError for whatever the format does not allow: a header longer than the file, holes, overlaps, offsets
/// that do not fit the shape or no multiple of 4, a name that comes twice, a dtype other than F32, bytes left over.
TensorFile read_safetensors(const std::filesystem::path& path);

/// The same from bytes; `name` is what messages call the file.
TensorFile decode_safetensors(std::string_view bytes, std::string_view name);

/// The bytes of a file: tensors in the order given, metadata sorted by key; the same content gives the same bytes.
/// Throws UsageError when a tensor's values do not fit its dims.
std::string encode_safetensors(std::span<const NamedTensor> tensors,
                               const std::map<std::string, std::string>& metadata);

/// "32x1x3x3".
std::string dims_text(std::span<const std::size_t> dims);

}  // namespace dae
