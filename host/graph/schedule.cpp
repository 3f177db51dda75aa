#include "host/graph/schedule.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

namespace dae {
namespace {

constexpr std::array<std::string_view, 4> names = {"constant", "step", "cosine", "one-cycle"};

/// Half a cosine from `from` at 0 to `to` at 1.
double eased(double from, double to, double place) {
  return to + (from - to) * (1 + std::cos(std::numbers::pi * std::clamp(place, 0.0, 1.0))) / 2;
}

double fraction(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
}

double one_cycle(const Schedule& schedule, std::uint64_t step, std::uint64_t steps) {
  constexpr double start = 1.0 / 25, end = start * 1e-4;
  const std::uint64_t rise = schedule.warmup > 0 ? schedule.warmup : steps * 3 / 10;
  if (step < rise) return eased(start, 1, fraction(step, rise));
  return eased(1, end, fraction(step - rise, steps > rise + 1 ? steps - rise - 1 : 0));
}

}  // namespace

double rate_factor(const Schedule& schedule, std::uint64_t step, std::uint64_t steps) {
  if (schedule.kind == Schedule::Kind::one_cycle) return one_cycle(schedule, step, steps);
  if (step < schedule.warmup) return fraction(step + 1, schedule.warmup);
  const std::uint64_t after = step - schedule.warmup;
  if (schedule.kind == Schedule::Kind::cosine) {
    const std::uint64_t left = steps > schedule.warmup + 1 ? steps - schedule.warmup - 1 : 0;
    return eased(1, schedule.end, fraction(after, left));
  }
  if (schedule.kind == Schedule::Kind::step) {
    const std::uint64_t every = schedule.drop_every > 0 ? schedule.drop_every : std::max<std::uint64_t>(steps / 3, 1);
    return std::pow(schedule.drop, static_cast<double>(step / every));
  }
  return 1;
}

bool needs_length(const Schedule& schedule) {
  return schedule.kind == Schedule::Kind::cosine || schedule.kind == Schedule::Kind::one_cycle ||
         (schedule.kind == Schedule::Kind::step && schedule.drop_every == 0);
}

std::span<const std::string_view> schedule_names() { return names; }

nlohmann::ordered_json schedule_to_json(const Schedule& schedule) {
  nlohmann::ordered_json json = {{"type", names[static_cast<std::size_t>(schedule.kind)]}, {"warmup", schedule.warmup}};
  if (schedule.kind == Schedule::Kind::step) {
    json["drop_every"] = schedule.drop_every;
    json["drop"] = schedule.drop;
  }
  if (schedule.kind == Schedule::Kind::cosine) json["end"] = schedule.end;
  return json;
}

}  // namespace dae
