#pragma once

#include <cstddef>
#include <string>

namespace dae {

/// "12/3000 files  3.1 megapixels/s  ETA 2:10". `part` of all the work, and so many pixels, took so many seconds.
std::string progress_text(std::size_t files, std::size_t ended, double part, double pixels, double seconds);

/// The text with a bar before it that takes what is left of a line of so many columns; cut to that length.
std::string progress_bar(const std::string& text, double part, int columns);

}  // namespace dae
