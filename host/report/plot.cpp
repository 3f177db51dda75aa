#include "host/report/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

#include "host/text/text.hpp"

namespace dae {
namespace {

using Point = LossCurve::Point;

constexpr double width = 860, height = 480, left = 68, right = 832, top = 66, bottom = 420;

constexpr std::string_view style = R"(<style>
text{font:13px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:#24292f}
.title{font-size:17px;font-weight:600}.small{font-size:12px;fill:#57606a}
.back{fill:#ffffff}.grid{stroke:#e6e9ed;fill:none}.axis{stroke:#8c959f;fill:none}
.steps{stroke:#a9ccf5;fill:none}.mean{stroke:#0969da;stroke-width:2;fill:none}
.validation{stroke:#bc4c00;stroke-width:2;fill:none}.dot{fill:#bc4c00}
.floor{stroke:#57606a;stroke-dasharray:6 4;fill:none}.reference{stroke:#1a7f37;stroke-width:2;fill:none}
.halo{stroke:#ffffff;stroke-width:4;stroke-linejoin:round;paint-order:stroke}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}
.back{fill:#0d1117}.grid{stroke:#262c36}.axis{stroke:#6e7681}.steps{stroke:#1d4a80}.mean{stroke:#58a6ff}
.validation{stroke:#ffa657}.dot{fill:#ffa657}.floor{stroke:#9198a1}.reference{stroke:#3fb950}.halo{stroke:#0d1117}}
</style>
)";

/// One line: control characters, which XML forbids, become spaces.
std::string escaped(std::string_view text) {
  std::string out = escape_markup(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return out;
}

/// Steps from left to right in proportion, losses from bottom to top by their logarithm.
struct Axes {
  double x_end = 1, y_low = 0.1, y_high = 1;

  [[nodiscard]] double x(double step) const { return left + (right - left) * step / x_end; }
  [[nodiscard]] double y(double loss) const {
    const double part = std::log(std::clamp(loss, y_low, y_high) / y_low) / std::log(y_high / y_low);
    return bottom - (bottom - top) * part;
  }
};

Axes fit(const LossCurve& curve) {
  double low = INFINITY, high = -INFINITY, end = 1;
  const auto cover = [&](const Point& p) {
    if (p.y > 0 && std::isfinite(p.y)) low = std::min(low, p.y), high = std::max(high, p.y);
    end = std::max(end, p.x);
  };
  for (const Point& p : curve.steps) cover(p);
  for (const Point& p : curve.validation) cover(p);
  for (const LossCurve::Reference& r : curve.references) cover(r.at);
  if (curve.floor) cover({0, *curve.floor});
  if (low > high) low = 0.1, high = 1;
  return {end * 1.03, low / 1.1, high * 1.1};
}

class Svg {
 public:
  template <class... T>
  void add(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<T>(values)...);
  }
  void line(std::string_view kind, double x1, double y1, double x2, double y2) {
    add("<path class=\"{}\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>\n", kind, x1, y1, x2, y2);
  }
  void dot(double x, double y) { add("<circle class=\"dot\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\"/>\n", x, y); }
  void diamond(double x, double y) {
    add("<path class=\"reference\" d=\"M{:.1f} {:.1f}m0 -7l7 7l-7 7l-7 -7z\"/>\n", x, y);
  }
  void label(double x, double y, std::string_view anchor, std::string_view text, std::string_view kind = "") {
    add("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" class=\"{}\">{}</text>\n", x, y, anchor, kind,
        escaped(text));
  }
  void curve(std::string_view kind, const Axes& axes, const std::vector<Point>& points) {
    if (points.empty()) return;
    add("<path class=\"{}\" d=\"", kind);
    char command = 'M';
    for (const Point& p : points) add("{}{:.1f} {:.1f}", std::exchange(command, 'L'), axes.x(p.x), axes.y(p.y));
    add("\"/>\n");
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

/// No more than two points, the lowest and the highest, for each pixel column.
std::vector<Point> thinned(const std::vector<Point>& points) {
  const auto columns = static_cast<std::size_t>(right - left);
  if (points.size() <= 2 * columns) return points;
  std::vector<Point> out;
  const auto less = [](const Point& a, const Point& b) { return a.y < b.y; };
  for (std::size_t i = 0; i < columns; ++i) {
    const auto at = [&](std::size_t column) {
      return points.begin() + static_cast<std::ptrdiff_t>(column * points.size() / columns);
    };
    auto [low, high] = std::minmax_element(at(i), at(i + 1), less);
    if (high < low) std::swap(low, high);
    out.push_back(*low);
    if (low != high) out.push_back(*high);
  }
  return out;
}

/// The mean over a hundredth of the curve to each side, less at its ends so that both sides stay equal.
std::vector<Point> running_mean(const std::vector<Point>& points) {
  std::vector<double> sum(points.size() + 1);
  for (std::size_t i = 0; i < points.size(); ++i) sum[i + 1] = sum[i] + points[i].y;
  std::vector<Point> out;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t side = std::min({i, points.size() - 1 - i, points.size() / 100 + 2});
    out.push_back({points[i].x, (sum[i + side + 1] - sum[i - side]) / static_cast<double>(2 * side + 1)});
  }
  return out;
}

void draw_loss_axis(Svg& svg, const Axes& axes) {
  for (const double loss : logarithmic_ticks(axes.y_low, axes.y_high)) {
    svg.line("grid", left, axes.y(loss), right, axes.y(loss));
    svg.label(left - 9, axes.y(loss) + 4, "end", fmt::format("{:.4g}", loss));
  }
}

void draw_step_axis(Svg& svg, const Axes& axes, double steps_per_epoch) {
  for (const double step : even_ticks(0, axes.x_end, 8)) {
    svg.line("axis", axes.x(step), bottom, axes.x(step), bottom + 5);
    svg.label(axes.x(step), bottom + 21, "middle", fmt::format("{:.10g}", step));
  }
  if (steps_per_epoch > 0) {
    const double epochs = axes.x_end / steps_per_epoch;
    for (const double epoch : even_ticks(0, epochs, static_cast<int>(std::ceil(std::min(epochs, 11.0))))) {
      if (epoch == 0) continue;
      const double x = axes.x(epoch * steps_per_epoch);
      svg.line("grid", x, top, x, bottom);
      svg.label(x, top - 7, "middle", fmt::format("epoch {}", epoch), "small");
    }
  }
  svg.line("axis", left, bottom, right, bottom);
  svg.label((left + right) / 2, height - 16, "middle", "step");
  svg.add("<text transform=\"translate(18 {:.0f}) rotate(-90)\" text-anchor=\"middle\">loss</text>\n",
          (top + bottom) / 2);
}

/// A text beside a point, on the side where there is room.
void draw_value(Svg& svg, const Axes& axes, const Point& p, double dy, std::string_view text) {
  const bool room = axes.x(p.x) < right - 150;
  svg.label(axes.x(p.x) + (room ? 10 : -10), axes.y(p.y) + dy, room ? "start" : "end", text, "halo");
}

void draw_legend(Svg& svg, const LossCurve& curve) {
  double y = top + 22;
  const double x = right - 220;
  const auto entry = [&](std::string_view text) {
    svg.label(x + 36, y, "start", text, "halo");
    y += 21;
  };
  const auto line = [&](std::string_view kind) { svg.line(kind, x, y - 4, x + 26, y - 4); };
  line("steps");
  entry("loss of each step");
  line("mean");
  entry("its running mean");
  if (!curve.validation.empty()) {
    line("validation");
    svg.dot(x + 13, y - 4);
    entry("validation");
  }
  if (!curve.references.empty()) {
    svg.diamond(x + 13, y - 4);
    entry("to compare with");
  }
  if (curve.floor) {
    line("floor");
    entry(fmt::format("floor {:.4g}", *curve.floor));
  }
}

double tick_distance(double length, int count) {
  const double rough = length / count, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (rough <= factor * power) return factor * power;
  return 10 * power;
}

}  // namespace

std::string loss_svg(const LossCurve& curve) {
  const Axes axes = fit(curve);
  Svg svg;
  svg.add(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\">\n",
      width, height);
  svg.add("<title>{}</title>\n{}", escaped(curve.title), style);
  svg.add("<rect class=\"back\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n", width, height);
  svg.label(left - 46, 32, "start", curve.title, "title");
  draw_loss_axis(svg, axes);
  draw_step_axis(svg, axes, curve.steps_per_epoch);
  svg.curve("steps", axes, thinned(curve.steps));
  svg.curve("mean", axes, thinned(running_mean(curve.steps)));
  if (curve.floor) svg.line("floor", left, axes.y(*curve.floor), right, axes.y(*curve.floor));
  svg.curve("validation", axes, curve.validation);
  for (const LossCurve::Reference& r : curve.references) {
    svg.diamond(axes.x(r.at.x), axes.y(r.at.y));
    draw_value(svg, axes, r.at, -14, r.label);
  }
  for (const Point& p : curve.validation) {
    svg.dot(axes.x(p.x), axes.y(p.y));
  }
  if (!curve.validation.empty() && curve.validation.size() <= 5) {
    for (const Point& p : curve.validation) draw_value(svg, axes, p, 22, fmt::format("{:.4f}", p.y));
  }
  draw_legend(svg, curve);
  svg.add("</svg>\n");
  return std::move(svg).text();
}

void MergedPoints::add(const LossCurve::Point& point) {
  sum_.x += point.x;
  sum_.y += point.y;
  if (++pending_ < each_) return;
  const auto count = static_cast<double>(each_);
  points_.push_back({sum_.x / count, sum_.y / count});
  sum_ = {};
  pending_ = 0;
  if (points_.size() < most_) return;
  for (std::size_t i = 0; i < most_ / 2; ++i) {
    const LossCurve::Point &a = points_[2 * i], &b = points_[2 * i + 1];
    points_[i] = {(a.x + b.x) / 2, (a.y + b.y) / 2};
  }
  points_.resize(most_ / 2);
  each_ *= 2;
}

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
