#pragma once

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

}  // namespace dae
