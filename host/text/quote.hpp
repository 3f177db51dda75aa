#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

/// \file
/// Foreign text in one-line messages.
namespace dae {

/// The text in single quotes, at most about `longest` bytes of it, with control characters and bytes that are not UTF-8
/// as \xNN: a hostile name can neither break the line nor drive the terminal.
std::string quote(std::string_view text, std::size_t longest = 60);

/// A path likewise, in full.
std::string quote_path(const std::filesystem::path& path);

/// A JSON value in a few characters: "12", "'text'", "a list", "an object", "null".
std::string brief(const nlohmann::json& value);

/// The known word that takes the fewest insertions, deletions, replacements and swaps of neighbours to reach from
/// `word`, letters compared without case; the first one on a tie. Empty when none is close enough to be what was meant.
std::string_view suggest(std::string_view word, std::span<const std::string_view> known);

/// " (did you mean 'x'?)" for the end of a message, or an empty string when nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace dae
