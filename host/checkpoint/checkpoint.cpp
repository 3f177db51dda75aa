#include "host/checkpoint/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <span>

#include "dae/error.hpp"
#include "host/checkpoint/checkpoint_metadata.hpp"
#include "host/checkpoint/safetensors.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/input_file.hpp"
#include "host/files/sha256.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

[[noreturn]] void fail(const std::string& name, std::string_view what) {
  throw InputError(fmt::format("{} {}", name, what));
}

/// A tensor of the file and the place in the arenas that it belongs to.
struct Slot {
  std::string name;
  std::vector<std::size_t> dims;
  std::vector<float> Checkpoint::*arena = &Checkpoint::weights;
  std::size_t offset = 0, size = 0;
};

// No layer's name has a dot.
constexpr std::string_view first_moment = "adam.m/", second_moment = "adam.v/", momentum = "sgd.m/",
                           trained_weights = "trained.weights/";

/// The tensors of a checkpoint; of moments and trained weights those that are there.
std::vector<Slot> slots(const Checkpoint& checkpoint) {
  const std::vector<Parameter> all = parameters(checkpoint.graph, checkpoint.sample);
  std::vector<Slot> result;
  const auto add = [&](std::string_view prefix, std::vector<float> Checkpoint::*arena, std::size_t base) {
    for (const Parameter& p : all) {
      result.push_back({std::string(prefix) + p.name, {p.dims.begin(), p.dims.end()}, arena, base + p.offset, p.size});
    }
  };
  add("", &Checkpoint::weights, 0);
  if (!checkpoint.moments.empty()) {
    const bool sgd = std::holds_alternative<Sgd>(checkpoint.optimizer);
    add(sgd ? momentum : first_moment, &Checkpoint::moments, 0);
    if (!sgd) add(second_moment, &Checkpoint::moments, parameter_count(all));
  }
  if (!checkpoint.trained.empty()) add(trained_weights, &Checkpoint::trained, 0);
  return result;
}

/// The first value that is no finite number; the size when there is none.
std::size_t first_bad(std::span<const float> values) {
  return static_cast<std::size_t>(
      std::find_if_not(values.begin(), values.end(), [](float v) { return std::isfinite(v); }) - values.begin());
}

/// Moves the tensors into the arenas, once it is clear that they are exactly the slots.
void take_tensors(const TensorFile& file, const std::string& name, Checkpoint& checkpoint) {
  const std::size_t count = parameter_count(parameters(checkpoint.graph, checkpoint.sample));
  const auto has = [&file](std::string_view prefix) {
    return std::any_of(file.entries.begin(), file.entries.end(),
                       [prefix](const auto& entry) { return entry.name.starts_with(prefix); });
  };
  checkpoint.weights.resize(count);
  if (has("adam.") || has("sgd.")) checkpoint.moments.resize(2 * count);
  if (has(trained_weights)) checkpoint.trained.resize(count);
  const std::vector<Slot> wanted = slots(checkpoint);
  std::map<std::string_view, const TensorFile::Entry*> entries;
  for (const auto& entry : file.entries) entries.emplace(entry.name, &entry);
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
  }
  if (entries.size() > wanted.size()) {
    std::set<std::string_view> known;
    for (const Slot& slot : wanted) known.insert(slot.name);
    const auto extra =
        std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return !known.contains(e.first); });
    fail(name, fmt::format("has the tensor {}, which its model does not", quote(extra->first)));
  }
  for (const Slot& slot : wanted) {
    const auto values = file.values(*entries.at(slot.name));
    std::copy(values.begin(), values.end(),
              (checkpoint.*slot.arena).begin() + static_cast<std::ptrdiff_t>(slot.offset));
  }
}

constexpr std::size_t largest_file = std::size_t{1} << 36;
/// The digest's place in the header. A text that holds these quotation marks has a backslash before each.
constexpr std::string_view digest_start = "\"sha256\":\"";
const std::string no_digest(64, '0');

std::size_t digest_place(std::string_view bytes) { return bytes.find(digest_start) + digest_start.size(); }

/// The digest of a file as if its own digest were 64 zeros, so that it covers every other byte.
std::string digest_of(std::string_view bytes) {
  Sha256 digest;
  const auto add = [&digest](std::string_view part) {
    digest.add({reinterpret_cast<const std::uint8_t*>(part.data()), part.size()});
  };
  const std::size_t place = digest_place(bytes);
  add(bytes.substr(0, place));
  add(no_digest);
  add(bytes.substr(std::min(place + no_digest.size(), bytes.size())));
  return digest.finish();
}

}  // namespace

std::string encode_checkpoint(const Checkpoint& checkpoint) {
  const std::size_t count = parameter_count(parameters(checkpoint.graph, checkpoint.sample));
  const auto fits = [](std::size_t size, std::size_t wanted) { return size == 0 || size == wanted; };
  if (checkpoint.weights.size() != count || !fits(checkpoint.moments.size(), 2 * count) ||
      !fits(checkpoint.trained.size(), count))
    throw UsageError("save_checkpoint: weights or moments are too few or too many");
  std::vector<NamedTensor> tensors;
  for (Slot& slot : slots(checkpoint)) {
    const auto& arena = checkpoint.*slot.arena;
    const auto values = std::span(arena).subspan(slot.offset, slot.size);
    if (first_bad(values) < values.size()) {
      throw NumericError(fmt::format("the tensor '{}' is no longer finite after step {}; nothing was saved", slot.name,
                                     checkpoint.step));
    }
    tensors.push_back({std::move(slot.name), std::move(slot.dims), values});
  }
  std::map<std::string, std::string> metadata = write_metadata(checkpoint);
  metadata["sha256"] = no_digest;
  std::string bytes = encode_safetensors(tensors, metadata);
  return bytes.replace(digest_place(bytes), no_digest.size(), digest_of(bytes));
}

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  write_file(path, encode_checkpoint(checkpoint));
}

Checkpoint decode_checkpoint(std::string_view bytes, const std::string& name) {
  const TensorFile file = decode_safetensors(bytes, name);
  const auto digest = file.metadata.find("sha256");
  if (digest != file.metadata.end() && digest->second != digest_of(bytes))
    fail(name,
         "is damaged: its bytes do not have the SHA-256 that it says; take another copy, or if it was changed on "
         "purpose, remove 'sha256' from its metadata");
  Checkpoint result = read_metadata(file.metadata, name);
  try {
    take_tensors(file, name, result);
  } catch (const GraphError& error) {
    fail(name, fmt::format("is damaged: its sample does not fit its model: {}", error.what()));
  }
  return result;
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  return decode_checkpoint(read_file(path, largest_file), quote_path(path));
}

void check_denoiser(const Graph& graph, const Shape& sample) {
  const Shape out = infer_shapes(graph, sample.with_batch(1)).back();
  if (out == sample.with_batch(1)) return;
  throw ShapeError(fmt::format("model {}: makes {} of {}; a denoiser's output has the size of its input", graph.name,
                               to_string(out), to_string(sample)));
}

TrainedNetwork load_network(Device& device, const Checkpoint& checkpoint, const NoiseRecipe& noise, int batch,
                            const Computation& computation) {
  check_denoiser(checkpoint.graph, checkpoint.sample);
  Spec spec{
      .shape = checkpoint.sample.with_batch(batch), .mode = Mode::infer, .noise = noise, .computation = computation};
  if (!ends_in_sigmoid(checkpoint.graph)) spec.loss = Mse{};
  TrainedNetwork network{device.make_state(checkpoint.graph, checkpoint.sample),
                         device.compile(checkpoint.graph, spec)};
  network.state->write(checkpoint.weights, {}, checkpoint.step);
  return network;
}

}  // namespace dae
