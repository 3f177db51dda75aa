#include "host/checkpoint/safetensors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <utility>

#include "dae/error.hpp"
#include "host/files/input_file.hpp"
#include "host/text/json_text.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the format is little-endian, and floats are copied as they are");

constexpr std::string_view metadata_key = "__metadata__";
constexpr std::size_t length_bytes = 8;
// Thousands of tensors fit; a parsed header takes some ten times its size.
constexpr std::size_t longest_header = std::size_t{1} << 24;
constexpr std::size_t largest_file = std::size_t{1} << 36;

/// Elements of a tensor; nothing when they do not fit a size_t.
std::optional<std::size_t> element_count(std::span<const std::size_t> dims) {
  std::size_t count = 1;
  for (const std::size_t dim : dims) {
    if (dim != 0 && count > std::numeric_limits<std::size_t>::max() / sizeof(float) / dim) return std::nullopt;
    count *= dim;
  }
  return count;
}

class Decoder {
 public:
  Decoder(std::string_view bytes, std::string_view name) : bytes_(bytes), name_(name) {}

  TensorFile decode() {
    const nlohmann::json header = read_header();
    for (const auto& [key, value] : header.items()) {
      if (key == metadata_key) {
        read_metadata(value);
      } else {
        read_entry(key, value);
      }
    }
    check_order();
    file_.data.resize(bytes_.size() / sizeof(float));
    if (!bytes_.empty()) std::memcpy(file_.data.data(), bytes_.data(), bytes_.size());
    return std::move(file_);
  }

 private:
  template <class... T>
  [[noreturn]] void fail(fmt::format_string<T...> what, T&&... values) const {
    throw InputError(fmt::format("{} {}", name_, fmt::format(what, std::forward<T>(values)...)));
  }

  /// Takes the header off the front of bytes_.
  nlohmann::json read_header() {
    std::uint64_t length = 0;
    if (bytes_.size() < length_bytes) fail("is {} bytes long, too short for a safetensors file", bytes_.size());
    if (bytes_.starts_with("PK\3\4"))
      fail(
          "is no safetensors file, but one of PyTorch's own; write the weights with safetensors.torch.save_file, and "
          "'dae-cuda import' makes a checkpoint of them");
    std::memcpy(&length, bytes_.data(), length_bytes);
    bytes_.remove_prefix(length_bytes);
    if (length > bytes_.size()) {
      fail("is no safetensors file or truncated: it claims a header of {} bytes, and {} follow", length, bytes_.size());
    }
    if (length > longest_header) fail("has a header of {} bytes; at most {} are read", length, longest_header);
    const std::string_view text = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
    nlohmann::json header = parse_json(text, fmt::format("{} has a damaged header, which", name_));
    if (!header.is_object()) fail("has a damaged header: it must be a JSON object, not {}", brief(header));
    return header;
  }

  void read_metadata(const nlohmann::json& metadata) {
    if (!metadata.is_object()) fail("has a damaged header: {} must be an object", metadata_key);
    for (const auto& [key, value] : metadata.items()) {
      if (!value.is_string()) fail("has a damaged header: {} {} must be a text", metadata_key, quote(key));
      file_.metadata.emplace(key, value.get<std::string>());
    }
  }

  /// The list of non-negative whole numbers that a tensor has under a key.
  std::vector<std::size_t> numbers(const std::string& tensor, const nlohmann::json& info, const char* key) const {
    const auto found = info.find(key);
    const bool fits = found != info.end() && found->is_array() &&
                      std::all_of(found->begin(), found->end(), [](const auto& v) { return v.is_number_unsigned(); });
    if (!fits) fail("has a damaged header: tensor {} needs '{}', a list of whole numbers", quote(tensor), key);
    return found->get<std::vector<std::size_t>>();
  }

  void read_entry(const std::string& name, const nlohmann::json& info) {
    if (!info.is_object()) fail("has a damaged header: tensor {} must be an object, not {}", quote(name), brief(info));
    const auto dtype = info.find("dtype");
    if (dtype == info.end() || *dtype != "F32") {
      fail("holds the tensor {} with dtype {}; only 'F32' can be read", quote(name),
           dtype == info.end() ? "none" : brief(*dtype));
    }
    TensorFile::Entry entry{name, numbers(name, info, "shape")};
    const std::vector<std::size_t> offsets = numbers(name, info, "data_offsets");
    const std::optional<std::size_t> count = element_count(entry.dims);
    if (!count) fail("holds the tensor {} whose shape {} is too large", quote(name), dims_text(entry.dims));
    if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > bytes_.size()) {
      fail("is truncated or damaged: tensor {} claims the bytes [{}], and there are {}", quote(name),
           fmt::join(offsets, ", "), bytes_.size());
    }
    if (offsets[0] % sizeof(float) != 0) {
      fail("is damaged: tensor {} begins at byte {}, no multiple of {}", quote(name), offsets[0], sizeof(float));
    }
    if (offsets[1] - offsets[0] != *count * sizeof(float)) {
      fail("is damaged: tensor {} of shape {} claims {} bytes, {} are right", quote(name), dims_text(entry.dims),
           offsets[1] - offsets[0], *count * sizeof(float));
    }
    entry.offset = offsets[0] / sizeof(float);
    entry.size = *count;
    file_.entries.push_back(std::move(entry));
  }

  /// Sorts the tensors by their place and makes sure that they cover the data once.
  void check_order() {
    std::sort(file_.entries.begin(), file_.entries.end(), [](const auto& a, const auto& b) {
      return std::tie(a.offset, a.size, a.name) < std::tie(b.offset, b.size, b.name);
    });
    std::size_t end = 0;
    for (const auto& entry : file_.entries) {
      if (entry.offset < end) fail("is damaged: tensor {} overlaps the one before it", quote(entry.name));
      if (entry.offset > end) fail("is damaged: there is a hole before tensor {}", quote(entry.name));
      end = entry.offset + entry.size;
    }
    if (end * sizeof(float) != bytes_.size()) {
      fail("is damaged: {} bytes follow its last tensor", bytes_.size() - end * sizeof(float));
    }
  }

  std::string_view bytes_;
  std::string_view name_;
  TensorFile file_;
};

}  // namespace

const TensorFile::Entry* TensorFile::find(std::string_view name) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

std::string dims_text(std::span<const std::size_t> dims) {
  return dims.empty() ? "scalar" : fmt::format("{}", fmt::join(dims, "x"));
}

TensorFile decode_safetensors(std::string_view bytes, std::string_view name) { return Decoder(bytes, name).decode(); }

TensorFile read_safetensors(const std::filesystem::path& path) {
  return decode_safetensors(read_file(path, largest_file), quote_path(path));
}

std::string encode_safetensors(std::span<const NamedTensor> tensors,
                               const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header[std::string(metadata_key)] = metadata;
  std::size_t end = 0;
  for (const NamedTensor& tensor : tensors) {
    const std::size_t begin = std::exchange(end, end + tensor.values.size_bytes());
    if (element_count(tensor.dims) != tensor.values.size() || tensor.name == metadata_key ||
        header.contains(tensor.name)) {
      throw UsageError(fmt::format("cannot write the tensor '{}' of shape {} with {} values", tensor.name,
                                   dims_text(tensor.dims), tensor.values.size()));
    }
    header[tensor.name] = {{"dtype", "F32"}, {"shape", tensor.dims}, {"data_offsets", {begin, end}}};
  }
  std::string text = dump_json(header);
  // Spaces up to the next multiple of 8, so that readers can map the data where it lies.
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = text.size();
  std::string bytes(length_bytes, '\0');
  bytes.reserve(length_bytes + text.size() + end);
  std::memcpy(bytes.data(), &length, length_bytes);
  bytes += text;
  for (const NamedTensor& tensor : tensors) {
    bytes.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size_bytes());
  }
  return bytes;
}

}  // namespace dae
