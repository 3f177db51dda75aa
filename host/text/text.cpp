#include "host/text/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <new>

#include "dae/error.hpp"

namespace dae {

std::string with_commas(std::uint64_t number) {
  if (number < 1000) return fmt::format("{}", number);
  return fmt::format("{},{:03}", with_commas(number / 1000), number % 1000);
}

std::string wrapped(std::string_view text, std::size_t width) {
  std::string result;
  std::size_t line = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (!result.empty()) {
      const bool fits = line + 1 + word.size() <= width;
      result += fits ? ' ' : '\n';
      line = fits ? line + 1 : 0;
    }
    result += word;
    line += word.size();
  }
  return result;
}

std::string clock_text(double seconds) {
  const auto s = static_cast<std::uint64_t>(std::llround(std::clamp(seconds, 0.0, 1e9)));
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::string format_bytes(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes);
  const char* unit = "B";
  for (const char* next : {"KiB", "MiB", "GiB", "TiB"}) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return fmt::format("{:.1f} {}", value, unit);
}

std::string escape_markup(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string message_of(const std::exception_ptr& failure) {
  std::string message;
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    message = error.what();
  } catch (const std::filesystem::filesystem_error& error) {
    message = error.what();
  } catch (const std::bad_alloc&) {
    message = "not enough memory; a smaller --batch or --limit needs less";
  } catch (const std::exception& error) {
    message = std::string("internal error: ") + error.what();
  } catch (...) {
    message = "internal error";
  }
  for (char& c : message) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return message;
}

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
