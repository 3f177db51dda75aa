#pragma once

#include "cusim/cudnn/backend.hpp"
#include "cusim/cudnn/operations.hpp"

namespace cusim::cudnn {

/// One of the ways in which the fake computes a graph. Each kind of note that the engine filters by has one, so that a
/// wrong choice shows in the numbers.
struct Engine {
  std::int64_t index = 0;
  std::vector<cudnnBackendNumericalNote_t> notes;
  std::int64_t workspace = 0;
  bool backward_only = false;
  bool refuses = false;   // offered by the heuristic, but its plans cannot be finalized
  bool compiles = false;  // for pooling

  [[nodiscard]] bool noted(cudnnBackendNumericalNote_t note) const;
};

/// Throws Refusal for an index that no engine has.
const Engine& engine_of(std::int64_t index);

}  // namespace cusim::cudnn
