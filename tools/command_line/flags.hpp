#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "dae/error.hpp"
#include "dae/shape.hpp"
#include "host/text/quote.hpp"

namespace CLI {
class App;
}

namespace dae {

/// The number that the whole text stands for, within bounds: no trailing text, no overflow, no NaN. Throws UsageError.
template <class T>
T parse_number(std::string_view flag, std::string_view text, T least, T most) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end && value >= least && value <= most) return value;
  const std::string range = most == std::numeric_limits<T>::max() ? fmt::format("of at least {}", least)
                                                                  : fmt::format("from {} to {}", least, most);
  throw UsageError(fmt::format("{} needs a {} {}, not {}", flag, std::is_integral_v<T> ? "whole number" : "number",
                               range, quote(text)));
}

/// "28x28x1": height, width, channels. Throws UsageError naming the flag.
Shape parse_shape(std::string_view flag, std::string_view text);

/// Bounds that several commands share.
inline constexpr std::uint64_t least_seed = 0, most_seed = std::numeric_limits<std::uint64_t>::max();
inline constexpr std::size_t least_limit = 1, most_limit = std::numeric_limits<std::uint32_t>::max();
inline constexpr int most_batch = 1 << 20, most_threads = 1024;

/// The device flags of every command that computes.
struct DeviceFlags {
  std::string device = "auto", plan_cache;
  int threads = 0;
};

/// The flags of one command. A flag writes into the variable that it was added with, which must outlive it; what stands
/// there before is the default that the help shows. (CLI11 behind it stays in flags.cpp and command_line.cpp: its
/// header takes longer to compile than all of ours.)
class Flags {
 public:
  explicit Flags(CLI::App& command) : command_(command) {}

  template <class T>
  void number(const std::string& flag, T& value, T least, T most, const std::string& help) {
    value_flag(flag, "N", fmt::format("{}", value), help,
               [&value, flag, least, most](const std::string& text) { value = parse_number(flag, text, least, most); });
  }
  /// A number without a default.
  template <class T>
  void number(const std::string& flag, std::optional<T>& value, T least, T most, const std::string& help) {
    value_flag(flag, "N", "", help,
               [&value, flag, least, most](const std::string& text) { value = parse_number(flag, text, least, most); });
  }
  /// "--x,--y": two names of one flag.
  void text(const std::string& flag, const std::string& kind, std::string& value, const std::string& help);
  /// One of some words.
  void choice(const std::string& flag, std::string& value, std::vector<std::string_view> words,
              const std::string& help);
  /// "--x" sets it; "--x,!--no-x" can set and clear it.
  void toggle(const std::string& flags, bool& value, const std::string& help);
  /// Whatever stands on the command line without a flag.
  void inputs(const std::string& name, std::vector<std::string>& values, const std::string& help);
  void device(DeviceFlags& flags);

  /// Whether the command line has the flag.
  [[nodiscard]] bool given(const std::string& flag) const;
  /// Throws UsageError when it has not.
  void require(const std::string& flag) const;

 private:
  void value_flag(const std::string& flag, const std::string& kind, const std::string& shown_default,
                  const std::string& help, const std::function<void(const std::string&)>& take);

  CLI::App& command_;
};

}  // namespace dae
