#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "dae/device.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/denoise/windowed_network.hpp"
#include "host/images/picture.hpp"

namespace dae {

struct DenoiserOptions {
  WindowOptions windows = {};
  float strength = 1;  ///< 0 leaves an image as it is.
  bool tta = false;    ///< The mean of the answers to all eight orientations.
};

struct Denoised {
  Picture picture;
  /// Why it cannot be right, or empty: values that are no finite numbers, or one value everywhere although the input
  /// has several, or black although the input is not.
  std::string_view problem;
  bool finite = true;  ///< Whether the answer holds finite numbers only.
};

/// A checkpoint's network for pictures of any size, depth and layout.
class PhotoDenoiser {
 public:
  /// Throws ShapeError for a graph that is no denoiser. One of neither 1 nor 3 channels takes pictures of just as many.
  PhotoDenoiser(Device& device, const Checkpoint& checkpoint, const DenoiserOptions& options);

  /// Throws ShapeError when the graph is tied to another size.
  void check(const Picture& picture) const { network_.check(picture.shape); }

  /// How many pictures of this size keep the device busy when they are denoised together.
  std::size_t enough(const Picture& picture) { return network_.enough(picture.shape); }

  /// Denoises pictures of any shapes together: windows of one size share a batch. Grey stays grey and colour colour; a
  /// grey network takes the channels of a colour picture one by one, a colour network takes grey for colour.
  /// Transparency is left alone. Depth and metadata are the input's. Empty when `watch` was false. Throws what
  /// WindowedNetwork throws.
  std::vector<Denoised> operator()(std::span<const Picture* const> pictures, const Watch& watch = {});

 private:
  int channels_;
  DenoiserOptions options_;
  WindowedNetwork network_;
};

}  // namespace dae
