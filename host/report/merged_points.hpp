#pragma once

#include <cstddef>
#include <vector>

#include "host/report/plot.hpp"

namespace dae {

/// The points of a curve of any length in a bounded space: at `most` points neighbours are merged into their mean, two
/// into one, and from then on twice as many make a point.
class MergedPoints {
 public:
  explicit MergedPoints(std::size_t most = 1 << 16) : most_(most) {}
  void add(const LossCurve::Point&);
  /// The points that were added, in order; the last points may still be missing when they do not fill a mean.
  [[nodiscard]] const std::vector<LossCurve::Point>& points() const { return points_; }

 private:
  std::size_t most_, each_ = 1, pending_ = 0;
  LossCurve::Point sum_;
  std::vector<LossCurve::Point> points_;
};

}  // namespace dae
