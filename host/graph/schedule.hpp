#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>

namespace dae {

/// How the learning rate goes over a run, as a factor on the optimizer's rate. Before all kinds but one_cycle the rate
/// rises in a line over the first `warmup` steps.
struct Schedule {
  /// step: times `drop` after every `drop_every` steps. cosine: half a cosine from 1 to `end`. one_cycle (Smith and
  /// Topin, arXiv 1708.07120): half a cosine from 1/25 to 1 over `warmup` steps, or 30% of the run where that is 0,
  /// then half a cosine down to 1/250,000, as PyTorch's OneCycleLR does for the rate.
  enum class Kind { constant, step, cosine, one_cycle };
  Kind kind = Kind::constant;
  std::uint64_t warmup = 0;
  std::uint64_t drop_every = 0;  ///< In steps; 0: a third of the run.
  double drop = 0.1;
  double end = 0;
  friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// The factor for a step, counted from 0, of a run of `steps`.
double rate_factor(const Schedule&, std::uint64_t step, std::uint64_t steps);

/// True when the factor of a step depends on how long the run is.
bool needs_length(const Schedule&);

/// "constant", "step", "cosine", "one-cycle", in the order of Kind.
std::span<const std::string_view> schedule_names();

/// The settings that the kind uses, for run.json and checkpoints.
nlohmann::ordered_json schedule_to_json(const Schedule&);

}  // namespace dae
