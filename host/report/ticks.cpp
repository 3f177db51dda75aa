#include "host/report/ticks.hpp"

#include <cmath>

namespace dae {
namespace {

double tick_distance(double length, int count) {
  const double rough = length / count, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (rough <= factor * power) return factor * power;
  return 10 * power;
}

}  // namespace

std::vector<double> even_ticks(double low, double high, int count) {
  const double distance = tick_distance(high - low, count);
  constexpr double rounding = 1e-9;  // An end that is a multiple itself is marked.
  std::vector<double> ticks;
  for (double i = std::ceil(low / distance - rounding); i <= high / distance + rounding; ++i)
    ticks.push_back(i * distance + 0.0);  // -0 would be printed as it is
  return ticks;
}

std::vector<double> logarithmic_ticks(double low, double high) {
  const double decades = std::log10(high / low);
  std::vector<double> ticks;
  for (double power = std::floor(std::log10(low)); power <= std::log10(high); ++power) {
    if (decades > 6 && std::fmod(power, 2) != 0) continue;
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double value = factor * std::pow(10, power);
      if (value >= low && value <= high && (factor == 1 || decades <= 4)) ticks.push_back(value);
    }
  }
  return ticks.size() < 3 ? even_ticks(low, high, 4) : ticks;
}

}  // namespace dae
