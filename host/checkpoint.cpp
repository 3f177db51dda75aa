#include "host/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <span>
#include <string_view>

#include "dae/error.hpp"
#include "host/atomic_file.hpp"
#include "host/checkpoint_metadata.hpp"
#include "host/quote.hpp"
#include "host/safetensors.hpp"

namespace dae {
namespace {

[[noreturn]] void fail(const std::string& name, std::string_view what) {
  throw InputError(fmt::format("{} {}", name, what));
}

/// A tensor of the file and the place in the arenas that it belongs to.
struct Slot {
  std::string name;
  std::vector<std::size_t> dims;
  bool moment = false;
  std::size_t offset = 0, size = 0;
};

std::vector<Slot> slots(const Graph& graph, const Shape& sample, bool with_moments) {
  const std::vector<Parameter> all = parameters(graph, sample);
  const std::size_t count = parameter_count(all);
  std::vector<Slot> result;
  const auto add = [&](const std::string& prefix, bool moment, std::size_t base) {
    for (const Parameter& p : all) {
      result.push_back({prefix + p.name, {p.dims.begin(), p.dims.end()}, moment, base + p.offset, p.size});
    }
  };
  add("", false, 0);
  if (with_moments) {
    add("adam.m/", true, 0);
    add("adam.v/", true, count);
  }
  return result;
}

/// The first value that is no finite number; the size when there is none.
std::size_t first_bad(std::span<const float> values) {
  return static_cast<std::size_t>(
      std::find_if_not(values.begin(), values.end(), [](float v) { return std::isfinite(v); }) - values.begin());
}

/// Moves the tensors into the arenas, once it is clear that they are exactly the slots.
void take_tensors(const TensorFile& file, const std::string& name, Checkpoint& checkpoint) {
  const bool with_moments = std::any_of(file.entries.begin(), file.entries.end(),
                                        [](const auto& entry) { return entry.name.starts_with("adam."); });
  const std::vector<Slot> wanted = slots(checkpoint.graph, checkpoint.sample, with_moments);
  std::map<std::string_view, const TensorFile::Entry*> entries;
  for (const auto& entry : file.entries) entries.emplace(entry.name, &entry);
  std::size_t count = 0;
  for (const Slot& slot : wanted) {
    const auto found = entries.find(slot.name);
    if (found == entries.end()) fail(name, fmt::format("lacks the tensor '{}' of its model", slot.name));
    if (found->second->dims != slot.dims) {
      fail(name, fmt::format("has the tensor '{}' of shape {}, its model wants {}", slot.name,
                             dims_text(found->second->dims), dims_text(slot.dims)));
    }
    const std::size_t bad = first_bad(file.values(*found->second));
    if (bad < slot.size)
      fail(name, fmt::format("is damaged: value {} of tensor '{}' is no finite number", bad, slot.name));
    if (!slot.moment) count += slot.size;
  }
  if (entries.size() > wanted.size()) {
    std::set<std::string_view> known;
    for (const Slot& slot : wanted) known.insert(slot.name);
    const auto extra =
        std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return !known.contains(e.first); });
    fail(name, fmt::format("has the tensor {}, which its model does not", quote(extra->first)));
  }
  checkpoint.weights.resize(count);
  if (with_moments) checkpoint.moments.resize(2 * count);
  for (const Slot& slot : wanted) {
    const auto values = file.values(*entries.at(slot.name));
    auto& arena = slot.moment ? checkpoint.moments : checkpoint.weights;
    std::copy(values.begin(), values.end(), arena.begin() + static_cast<std::ptrdiff_t>(slot.offset));
  }
}

}  // namespace

std::string encode_checkpoint(const Checkpoint& checkpoint) {
  const bool with_moments = !checkpoint.moments.empty();
  std::vector<NamedTensor> tensors;
  std::size_t count = 0;
  for (Slot& slot : slots(checkpoint.graph, checkpoint.sample, with_moments)) {
    const auto& arena = slot.moment ? checkpoint.moments : checkpoint.weights;
    if (slot.offset + slot.size > arena.size()) throw UsageError("save_checkpoint: weights or moments are too few");
    const auto values = std::span(arena).subspan(slot.offset, slot.size);
    if (first_bad(values) < values.size()) {
      throw NumericError(fmt::format("the tensor '{}' is no longer finite after step {}; nothing was saved", slot.name,
                                     checkpoint.step));
    }
    count += slot.size;
    tensors.push_back({std::move(slot.name), std::move(slot.dims), values});
  }
  if (count != checkpoint.weights.size() + checkpoint.moments.size()) {
    throw UsageError("save_checkpoint: weights or moments are too many");
  }
  return encode_safetensors(tensors, write_metadata(checkpoint));
}

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  write_file(path, encode_checkpoint(checkpoint));
}

Checkpoint checkpoint_from(const TensorFile& file, const std::string& name) {
  Checkpoint result = read_metadata(file.metadata, name);
  try {
    take_tensors(file, name, result);
  } catch (const GraphError& error) {
    fail(name, fmt::format("is damaged: its sample does not fit its model: {}", error.what()));
  }
  return result;
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  return checkpoint_from(read_safetensors(path), quote_path(path));
}

}  // namespace dae
