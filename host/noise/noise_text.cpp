#include "host/noise/noise_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <optional>
#include <span>

#include "dae/error.hpp"
#include "host/noise/noise_kinds.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A number, or a quotient of two where it need not be whole.
template <class Number>
std::optional<Number> quotient(std::string_view text) {
  const std::size_t bar = text.find('/');
  if (std::is_integral_v<Number> || bar == std::string_view::npos) return number<Number>(text);
  const auto over = number<Number>(text.substr(0, bar)), under = number<Number>(text.substr(bar + 1));
  if (!over || !under) return std::nullopt;
  return *over / *under;
}

/// Reads one part.
class PartReader {
 public:
  PartReader(std::string_view flag, std::string_view part) : flag_(flag), part_(part) {}

  [[nodiscard]] NoisePart read() const {
    const std::size_t colon = part_.find(':');
    const bool plain = colon == std::string_view::npos;
    const std::string_view kind = plain ? Gaussian::name : part_.substr(0, colon);
    std::optional<NoisePart> part = Kinds<NoisePart>::named(kind);
    if (!part) {
      const auto names = std::span(Kinds<NoisePart>::names);
      throw UsageError(fmt::format("{} knows {} and {}, not {}", flag_, fmt::join(names.first(names.size() - 1), ", "),
                                   names.back(), quote(kind)));
    }
    std::visit([&](auto& each) { take(each, strength_of(each), plain ? part_ : part_.substr(colon + 1)); }, *part);
    return *part;
  }

 private:
  template <class Kind, class Number>
  void take(Kind& kind, const Strength<Kind, Number>& strength, std::string_view text) const {
    const std::size_t dots = strength.max != nullptr ? text.find("..") : std::string_view::npos;
    kind.*strength.value = within(text.substr(0, dots), strength, strength.least);
    if (dots != std::string_view::npos)
      kind.*strength.max = within(text.substr(dots + 2), strength, kind.*strength.value);
  }

  template <class Kind, class Number>
  Number within(std::string_view text, const Strength<Kind, Number>& strength, Number least) const {
    const auto value = quotient<Number>(text);
    if (value && *value >= least && *value <= strength.most_typed) return *value;
    throw UsageError(fmt::format("{} needs a {} from {} to {}, such as {}:{}, not {}", flag_, strength.key, least,
                                 strength.most_typed, Kind::name, strength.example, quote(part_)));
  }

  std::string_view flag_, part_;
};

/// One part with `between` after its kind.
std::string part_text(const NoisePart& part, char between) {
  return std::visit(
      [between](const auto& each) {
        const auto strength = strength_of(each);
        const auto value = each.*strength.value;
        const bool range = strength.max != nullptr && each.*strength.max > value;
        return fmt::format("{}{}{}{}", each.name, between, value,
                           range ? fmt::format("..{}", each.*strength.max) : std::string());
      },
      part);
}

template <class... Kind>
std::string examples(std::variant<Kind...>) {
  std::string text;
  const auto add = [&text](const auto& kind) {
    const auto strength = strength_of(kind);
    text += fmt::format("{}{}:{}{}", text.empty() ? "" : ", ", kind.name, strength.example,
                        std::string_view(kind.name) == Gaussian::name ? "" : fmt::format(" (a {})", strength.key));
  };
  (add(Kind{}), ...);
  return text;
}

}  // namespace

std::vector<NoisePart> parse_noise(std::string_view flag, std::string_view text) {
  std::vector<NoisePart> parts;
  if (text == "none") return parts;
  for (std::size_t first = 0; first <= text.size();) {
    const std::size_t end = std::min(text.find('+', first), text.size());
    parts.push_back(PartReader(flag, text.substr(first, end - first)).read());
    first = end + 1;
  }
  return parts;
}

std::string noise_examples() { return examples(NoisePart{}); }

std::string noise_text(const std::vector<NoisePart>& parts) {
  std::string text;
  for (const NoisePart& part : parts) text += (text.empty() ? "" : "+") + part_text(part, ':');
  return text.empty() ? "none" : text;
}

std::string describe(const NoiseRecipe& recipe) {
  std::string text;
  for (const NoisePart& part : recipe.parts) text += (text.empty() ? "" : " + ") + part_text(part, ' ');
  if (text.empty()) return "none";
  return fmt::format("{}, {}", text, recipe.clip ? "clipped" : "not clipped");
}

}  // namespace dae
