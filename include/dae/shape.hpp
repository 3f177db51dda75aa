#pragma once

#include <cstddef>
#include <string>

namespace dae {

/// The extent of a batch of images or of feature vectors: n samples of h x w positions with c channels.
/// A feature vector (after Flatten or Dense) is 1 x 1 x c. The order of the members is the order of host memory:
/// samples, rows, columns, interleaved channels, as image files have it.
struct Shape {
  int n = 1, h = 0, w = 0, c = 0;

  friend bool operator==(const Shape&, const Shape&) = default;

  /// Elements of one sample.
  [[nodiscard]] std::size_t sample_size() const {
    return static_cast<std::size_t>(h) * static_cast<std::size_t>(w) * static_cast<std::size_t>(c);
  }
  /// Elements of all n samples.
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(n) * sample_size(); }
  /// The same sample in another batch size.
  [[nodiscard]] Shape with_batch(int batch) const { return {batch, h, w, c}; }
};

/// "28x28x1": one sample's height, width, channels.
std::string to_string(const Shape&);

}  // namespace dae
