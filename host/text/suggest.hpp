#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dae {

/// The known word that takes the fewest insertions, deletions, replacements and swaps of neighbours to reach from
/// `word`, letters compared without case; the first one on a tie. Empty when none is close enough to be what was meant.
std::string_view suggest(std::string_view word, std::span<const std::string_view> known);

/// " (did you mean 'x'?)" for the end of a message, or an empty string when nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace dae
