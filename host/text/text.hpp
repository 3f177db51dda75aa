#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dae {

/// 28353 as "28,353", in any locale.
std::string with_commas(std::uint64_t);

/// The text in lines of at most `width` bytes, broken at spaces; a longer word has a line of its own.
std::string wrapped(std::string_view text, std::size_t width);

/// "0:07", "12:34", "3:05:00".
std::string clock_text(double seconds);

/// "784 B", "98.0 KiB", "44.9 MiB", "1.5 GiB".
std::string format_bytes(std::uint64_t);

}  // namespace dae
