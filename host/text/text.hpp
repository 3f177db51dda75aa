#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
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

/// Text as XML and HTML want it between tags and inside double quotes.
std::string escape_markup(std::string_view text);

/// The text of an exception, in one line without control characters.
std::string message_of(const std::exception_ptr&);

/// "12/3000 files  3.1 megapixels/s  ETA 2:10". `part` of all the work, and so many pixels, took so many seconds.
std::string progress_text(std::size_t files, std::size_t ended, double part, double pixels, double seconds);

/// The text with a bar before it that takes what is left of a line of so many columns; cut to that length.
std::string progress_bar(const std::string& text, double part, int columns);

}  // namespace dae
