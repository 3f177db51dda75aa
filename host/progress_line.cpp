#include "host/progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/text.hpp"

namespace dae {

std::string progress_text(std::size_t files, std::size_t ended, std::size_t pixels, double seconds) {
  std::string text = fmt::format("{}/{} files", with_commas(ended), with_commas(files));
  if (ended == 0 || seconds <= 0) return text;
  text += fmt::format("  {:.2f} megapixels/s", static_cast<double>(pixels) / seconds / 1e6);
  return text + fmt::format("  ETA {}", clock_text(seconds / static_cast<double>(ended) *
                                                   static_cast<double>(files - std::min(ended, files))));
}

std::string progress_bar(const std::string& text, double part, int columns) {
  const auto room = static_cast<std::size_t>(std::max(columns - 1, 1));
  std::string line = text;
  if (text.size() + 8 <= room) {
    const std::size_t length = std::min<std::size_t>(room - text.size() - 4, 40);
    const auto full = static_cast<std::size_t>(std::clamp(part, 0.0, 1.0) * static_cast<double>(length));
    line = fmt::format("[{}{}]  {}", std::string(full, '='), std::string(length - full, ' '), text);
  }
  line.resize(std::min(line.size(), room));
  return line;
}

}  // namespace dae
