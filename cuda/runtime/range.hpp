#pragma once

#include <string>

namespace dae::cuda {

/// A named range on the profiler's timeline, from construction to destruction. Costs nothing where no profiler is
/// attached.
class Range {
 public:
  explicit Range(const std::string& name);
  Range(const Range&) = delete;
  Range& operator=(const Range&) = delete;
  ~Range();
};

}  // namespace dae::cuda
