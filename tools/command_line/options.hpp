#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include "dae/error.hpp"
#include "host/quote.hpp"

/// \file
/// Flags whose values are checked to the last character: no trailing text, no overflow, no NaN.
namespace dae {

/// The number that the whole text stands for, within bounds. Throws UsageError.
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

/// Adds `flag` for a number; its present value is the default that the help shows.
template <class T>
CLI::Option* add_number(CLI::App& app, const std::string& flag, T& value, T least, T most, const std::string& help) {
  return app
      .add_option_function<std::string>(
          flag, [&value, flag, least, most](const std::string& text) { value = parse_number(flag, text, least, most); },
          help)
      ->type_name("N")
      ->default_str(fmt::format("{}", value));
}

/// Adds `flag` for one of some words. Throws UsageError with the nearest when it is none of them.
CLI::Option* add_choice(CLI::App& app, const std::string& flag, std::string& value,
                        std::initializer_list<std::string_view> words, const std::string& help);

/// Adds `flag` for a text that must not be empty.
CLI::Option* add_text(CLI::App& app, const std::string& flag, const std::string& kind, std::string& value,
                      const std::string& help);

/// What every command that computes can be told about the device.
struct DeviceFlags {
  std::string device = "auto";
  int threads = 0;
};
void add_device_flags(CLI::App& app, DeviceFlags& flags);

/// Throws UsageError for what the command line holds beyond the flags that `command` knows, naming the nearest.
void refuse_extras(const CLI::App& command);

/// Throws UsageError when a flag that has no default was not given.
void require_flag(const CLI::App& command, const std::string& flag);

}  // namespace dae
