#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dae {

/// The contents of a run's loss curve. x counts steps from 1, y is a loss greater than 0.
struct LossCurve {
  struct Point {
    double x = 0, y = 0;
  };
  /// A value to compare with, drawn with its text beside it.
  struct Reference {
    Point at;
    std::string label;
  };

  std::string title;
  double steps_per_epoch = 0;     ///< For the marks of the epochs; 0 leaves them out.
  std::vector<Point> steps;       ///< Loss of each step.
  std::vector<Point> validation;  ///< At epoch ends.
  std::optional<double> floor;    ///< The best that is possible.
  std::vector<Reference> references;
};

/// The curve as an SVG file of 860 x 480: steps as a pale line with their running mean upon it, logarithmic loss axis.
/// It brings its own background and follows the viewer's dark mode where the viewer tells.
std::string loss_svg(const LossCurve&);

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

// The values that a chart's axes mark: round numbers, 1, 2 or 5 times a power of ten apart.

/// Multiples of 1, 2 or 5 times a power of ten from `low` to `high`, at most `count` distances of them.
std::vector<double> even_ticks(double low, double high, int count);

/// For a logarithmic axis, 0 < low < high: 1, 2 and 5 times powers of ten; fewer where the axis has many powers, and
/// even_ticks where it has not even one.
std::vector<double> logarithmic_ticks(double low, double high);

}  // namespace dae
