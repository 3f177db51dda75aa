#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace dae {

/// Reads the options of one layer out of its JSON object. Every method throws GraphError naming the layer and the key
/// when a value has the wrong type or is outside its bounds; an absent key gives the fallback.
class OptionReader {
 public:
  /// `object` must outlive the reader; `layer` is how messages name it, such as "layer 'conv2d'". Throws GraphError
  /// when `object` is no JSON object.
  OptionReader(const nlohmann::json& object, std::string layer);

  /// A whole number from low to high, both included; 3.0 counts as whole.
  int integer(std::string_view key, int fallback, int low, int high);
  /// A finite number from low to high, both included.
  double number(std::string_view key, double fallback, double low, double high);
  /// A whole number from 0 to 2^64 - 1.
  std::uint64_t whole(std::string_view key, std::uint64_t fallback);
  bool flag(std::string_view key, bool fallback);
  /// One of the allowed words.
  std::string choice(std::string_view key, std::string_view fallback, const std::vector<std::string_view>& allowed);
  /// Any text.
  std::string text(std::string_view key, std::string_view fallback);
  /// A list of texts; an absent key and [] both give an empty list, told apart with has().
  std::vector<std::string> texts(std::string_view key);
  /// A list of anything; the key must be there.
  const nlohmann::json& list(std::string_view key);
  [[nodiscard]] bool has(std::string_view key) const;
  /// Throws GraphError, with the nearest key that was asked for, when the object has a key that no call asked for.
  void finish() const;

 private:
  const nlohmann::json* find(std::string_view key);
  [[noreturn]] void fail(std::string_view key, std::string_view what, const nlohmann::json& got) const;

  const nlohmann::json& object_;
  std::string layer_;
  std::vector<std::string> known_;
};

}  // namespace dae
