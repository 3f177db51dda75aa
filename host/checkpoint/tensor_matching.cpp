#include "host/checkpoint/tensor_matching.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "dae/error.hpp"
#include "host/text/quote.hpp"
#include "host/text/suggest.hpp"

namespace dae {
namespace {

using Entry = TensorFile::Entry;

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// The digits at the front without leading zeros; they are taken off the text.
std::string_view take_number(std::string_view& text) {
  const auto end = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

/// A layer of the file: its weight and its bias.
struct Layer {
  const Entry* weight = nullptr;
  const Entry* bias = nullptr;
};

class Matching {
 public:
  Matching(const TensorFile& file, const std::string& name, std::span<const Parameter> parameters)
      : file_(file), name_(name), parameters_(parameters) {}

  std::vector<const Entry*> by_name(const std::map<std::string, std::string>& names) {
    check_names(names);
    for (const Parameter& p : parameters_) {
      const auto mapped = names.find(p.name);
      const std::string& wanted = mapped == names.end() ? p.name : mapped->second;
      const Entry* entry = file_.find(wanted);
      if (entry == nullptr) {
        throw InputError(fmt::format("{} lacks the tensor {} ({} of the model)", name_, quote(wanted), p.name));
      }
      take(entry);
    }
    refuse_left_over();
    return found_;
  }

  /// Whether the file has all of our names.
  [[nodiscard]] bool has_our_names() const {
    return std::all_of(parameters_.begin(), parameters_.end(),
                       [&](const Parameter& p) { return file_.find(p.name) != nullptr; });
  }

  /// Convolutions and Dense layers are counted apart: sorted names tell nothing about how the two follow each other.
  std::vector<const Entry*> by_order() {
    std::map<std::size_t, std::vector<Layer>> layers;  // By the weight's rank.
    for (const Layer& layer : file_layers()) {
      if (layer.weight != nullptr) layers[layer.weight->dims.size()].push_back(layer);
    }
    std::map<std::size_t, std::size_t> taken;
    Layer current;
    for (const Parameter& p : parameters_) {
      const bool is_bias = p.dims.size() == 1;
      if (!is_bias) {
        const std::vector<Layer>& of_rank = layers[p.dims.size()];
        const std::size_t next = taken[p.dims.size()]++;
        if (next >= of_rank.size()) {
          throw InputError(fmt::format("{} lacks a tensor for {}: it has only {} of {} dimensions", name_, p.name,
                                       of_rank.size(), p.dims.size()));
        }
        current = of_rank[next];
      }
      const Entry* entry = is_bias ? current.bias : current.weight;
      if (entry == nullptr) {
        throw InputError(
            fmt::format("{} lacks the bias beside {} ({} of the model)", name_, quote(current.weight->name), p.name));
      }
      take(entry);
    }
    refuse_left_over();
    return found_;
  }

 private:
  void check_names(const std::map<std::string, std::string>& names) const {
    std::vector<std::string_view> known;
    for (const Parameter& p : parameters_) known.push_back(p.name);
    for (const auto& [ours, theirs] : names) {
      if (std::find(known.begin(), known.end(), ours) == known.end()) {
        throw UsageError(
            fmt::format("--map names {}, which the model does not have{}", quote(ours), did_you_mean(ours, known)));
      }
    }
  }

  /// The tensors under one name up to its last '.' or '/', in natural order of that name.
  [[nodiscard]] std::vector<Layer> file_layers() const {
    const auto less = [](std::string_view a, std::string_view b) { return natural_less(a, b); };
    std::map<std::string_view, Layer, decltype(less)> layers(less);
    for (const Entry& entry : file_.entries) {
      const std::string_view name = entry.name;
      const std::size_t end = name.find_last_of("./");
      Layer& layer = layers[name.substr(0, end == std::string_view::npos ? name.size() : end)];
      const Entry*& place = entry.dims.size() == 1 ? layer.bias : layer.weight;
      if (place == nullptr) place = &entry;  // Another one is left over, and reported as such.
    }
    std::vector<Layer> result;
    for (const auto& [name, layer] : layers) result.push_back(layer);
    return result;
  }

  void take(const Entry* entry) {
    found_.push_back(entry);
    taken_.insert(entry);
  }

  void refuse_left_over() const {
    const auto left = std::find_if(file_.entries.begin(), file_.entries.end(),
                                   [&](const Entry& entry) { return !taken_.contains(&entry); });
    if (left == file_.entries.end()) return;
    throw InputError(fmt::format("{} has the tensor {} of shape {}, which the model has no place for", name_,
                                 quote(left->name), dims_text(left->dims)));
  }

  const TensorFile& file_;
  const std::string& name_;
  std::span<const Parameter> parameters_;
  std::vector<const Entry*> found_;
  std::set<const Entry*> taken_;
};

}  // namespace

bool natural_less(std::string_view a, std::string_view b) {
  const std::string_view whole_a = a, whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view x = take_number(a), y = take_number(b);
      if (x != y) return x.size() != y.size() ? x.size() < y.size() : x < y;
    } else {
      if (a.front() != b.front()) return a.front() < b.front();
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  if (a.empty() != b.empty()) return a.empty();
  return whole_a < whole_b;  // "01" and "1": equal numbers, yet two names.
}

std::vector<const Entry*> match_tensors(const TensorFile& file, const std::string& file_name,
                                        std::span<const Parameter> parameters,
                                        const std::map<std::string, std::string>& names) {
  Matching matching(file, file_name, parameters);
  return names.empty() && !matching.has_our_names() ? matching.by_order() : matching.by_name(names);
}

}  // namespace dae
