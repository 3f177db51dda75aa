#include "host/text/progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/text/text.hpp"

namespace dae {

std::string progress_text(std::size_t files, std::size_t ended, double part, double pixels, double seconds) {
  std::string text = fmt::format("{}/{} files", with_commas(ended), with_commas(files));
  if (part <= 0 || seconds <= 0) return text;
  return fmt::format("{}  {:.2f} megapixels/s  ETA {}", text, pixels / seconds / 1e6,
                     clock_text(seconds * (1 - std::min(part, 1.0)) / part));
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
