#include "host/noise/noise_text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "dae/error.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

constexpr float largest_strength = 1000;

std::optional<float> number(std::string_view text) {
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<float> quotient(std::string_view text) {
  const std::size_t bar = text.find('/');
  if (bar == std::string_view::npos) return number(text);
  const auto over = number(text.substr(0, bar)), under = number(text.substr(bar + 1));
  if (!over || !under) return std::nullopt;
  return *over / *under;
}

/// Reads one part.
class PartReader {
 public:
  PartReader(std::string_view flag, std::string_view part) : flag_(flag), part_(part) {
    const std::size_t colon = part.find(':');
    kind_ = colon == std::string_view::npos ? "gaussian" : part.substr(0, colon);
    strength_ = colon == std::string_view::npos ? part : part.substr(colon + 1);
  }

  [[nodiscard]] NoisePart read() const {
    if (kind_ == "gaussian") return gaussian();
    if (kind_ == "poisson") return Poisson{strength(strength_, 1e-3f, 1e6f)};
    if (kind_ == "salt-pepper") return SaltAndPepper{strength(strength_, 0, 1)};
    if (kind_ == "speckle") return Speckle{strength(strength_, 0, largest_strength)};
    if (kind_ == "jpeg") return jpeg();
    throw UsageError(
        fmt::format("{} knows gaussian, poisson, salt-pepper, speckle and jpeg, not {}", flag_, quote(kind_)));
  }

 private:
  [[nodiscard]] Gaussian gaussian() const {
    const std::size_t dots = strength_.find("..");
    if (dots == std::string_view::npos) return {strength(strength_, 0, largest_strength)};
    const float low = strength(strength_.substr(0, dots), 0, largest_strength);
    return {low, strength(strength_.substr(dots + 2), low, largest_strength)};
  }

  [[nodiscard]] Jpeg jpeg() const {
    const std::size_t dots = strength_.find("..");
    if (dots == std::string_view::npos) return {quality(strength_, 1)};
    const int low = quality(strength_.substr(0, dots), 1);
    return {low, quality(strength_.substr(dots + 2), low)};
  }

  [[nodiscard]] int quality(std::string_view text, int least) const {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value >= least && value <= 100) return value;
    throw UsageError(fmt::format("{} needs a quality from {} to 100, such as jpeg:40 or jpeg:10..80, not {}", flag_,
                                 least, quote(part_)));
  }

  [[nodiscard]] float strength(std::string_view text, float least, float most) const {
    const auto value = quotient(text);
    if (value && *value >= least && *value <= most) return *value;
    throw UsageError(fmt::format("{} needs a number from {} to {}, or noise such as poisson:30, not {}", flag_, least,
                                 most, quote(part_)));
  }

  std::string_view flag_, part_, kind_, strength_;
};

/// One part with `between` after its kind.
std::string part_text(const NoisePart& part, char between) {
  struct Visitor {
    char between;
    std::string operator()(const Gaussian& g) const {
      const std::string range = g.max > g.sigma ? fmt::format("..{}", g.max) : "";
      return fmt::format("gaussian{}{}{}", between, g.sigma, range);
    }
    std::string operator()(const Poisson& p) const { return fmt::format("poisson{}{}", between, p.peak); }
    std::string operator()(const SaltAndPepper& s) const { return fmt::format("salt-pepper{}{}", between, s.density); }
    std::string operator()(const Jpeg& j) const {
      const std::string range = j.max > j.quality ? fmt::format("..{}", j.max) : "";
      return fmt::format("jpeg{}{}{}", between, j.quality, range);
    }
    std::string operator()(const Speckle& s) const { return fmt::format("speckle{}{}", between, s.sigma); }
  };
  return std::visit(Visitor{between}, part);
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
