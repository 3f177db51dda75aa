#include "host/report/merged_points.hpp"

namespace dae {

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

}  // namespace dae
