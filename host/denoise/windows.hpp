#pragma once

#include <span>
#include <vector>

#include "dae/graph.hpp"
#include "dae/shape.hpp"

/// \file
/// An image in overlapping windows, so that an image of any size runs in little memory.
namespace dae {

/// One dimension of a window: what the network sees, and the part of its answer that is right and used.
struct Extent {
  int first = 0, size = 0;            ///< The window's.
  int used_first = 0, used_size = 0;  ///< In the image, not relative to the window.
  friend bool operator==(const Extent&, const Extent&) = default;
};

/// A window of an image.
struct Window {
  Extent y, x;
};

/// How windows may lie, so that the answer is the same bit for bit as for the image in one piece on one device: they
/// start where the network's strides and the kernels' tiles do, and overlap by all that a pixel's bits depend on.
struct WindowRule {
  /// `one_size`: the last window is no shorter than the others but reaches back further, and windows start anywhere
  /// that the strides allow: for devices on which the size of a window decides the bits anyway.
  explicit WindowRule(const WindowConstraints& constraints, bool one_size = false);
  bool one_size;
  int step;     ///< Windows start at multiples of this.
  int overlap;  ///< Pixels beyond the used part that are seen on each side; a multiple of `step`.
  int stride;   ///< A window's size is a multiple of this.
};

/// The smallest window that is worth anything.
int least_window(const WindowRule& rule);

/// Cuts `length` pixels, rounded up to the stride, into windows of at most `window` pixels; the last may be shorter.
/// `window` is rounded down to the step and up to least_window.
std::vector<Extent> cut(int length, int window, const WindowRule& rule);

/// Where pixel i of an endless reflection of `length` pixels lies, the edge pixel not repeated: -1 is 1.
int reflected(int i, int length);

/// Copies what the window sees of an image of `shape`, mirrored beyond its edges. `to` has y.size * x.size * shape.c
/// elements.
void read_window(std::span<const float> image, const Shape& shape, const Window& window, std::span<float> to);

/// Copies the used part of a window's answer to its place in the image.
void write_answer(std::span<const float> answer, const Window& window, const Shape& shape, std::span<float> image);

}  // namespace dae
