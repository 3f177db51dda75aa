#include "host/text/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "dae/error.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

constexpr std::size_t deepest = 32;

[[noreturn]] void fail(const std::string& name, std::string_view what) {
  throw InputError(fmt::format("{}: {}", name, what));
}

/// "line 3, column 7" of a byte, both counted from 1, and the text around it.
std::string place(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::string_view shown = text.substr(begin, text.find('\n', begin) - begin);
  const std::size_t column = before.size() - begin;
  const std::size_t from = column > 20 ? column - 20 : 0;
  return fmt::format("line {}, column {}, near {}", line, column + 1, quote(shown.substr(from, 40)));
}

/// Watches the parser for what nlohmann::json lets pass.
class Guard {
 public:
  explicit Guard(const std::string& name) : name_(name) {}

  bool operator()(int, nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      keys_.emplace_back();
      if (keys_.size() > deepest) fail(name_, fmt::format("is nested deeper than {} levels", deepest));
    } else if (event == Event::object_end || event == Event::array_end) {
      keys_.pop_back();
    } else if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_.back().insert(key).second) fail(name_, fmt::format("has the key {} twice in one object", quote(key)));
    }
    return true;
  }

 private:
  const std::string& name_;
  std::vector<std::set<std::string>> keys_;  // of every open object; empty for an array
};

}  // namespace

nlohmann::json parse_json(std::string_view text, const std::string& name) {
  try {
    Guard guard(name);
    // By reference: the parser copies its callback.
    return nlohmann::json::parse(
        text, [&](int depth, auto event, const nlohmann::json& parsed) { return guard(depth, event, parsed); });
  } catch (const nlohmann::json::parse_error& error) {
    // The parser names the byte after the one that it could not take.
    fail(name, fmt::format("is not valid JSON at {}", place(text, error.byte > 0 ? error.byte - 1 : 0)));
  } catch (const nlohmann::json::exception&) {
    fail(name, "holds a number that is too large");
  }
}

std::string dump_json(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

bool is_utf8(std::string_view text) {
  try {
    (void)nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

double pretty(float value) {
  const double decimal = std::strtod(fmt::format("{}", value).c_str(), nullptr);
  return static_cast<float>(decimal) == value ? decimal : static_cast<double>(value);
}

}  // namespace dae
