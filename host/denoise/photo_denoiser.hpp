#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "dae/batch.hpp"
#include "dae/device.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/denoise/windowed_network.hpp"
#include "host/images/picture.hpp"

namespace dae {

/// The colours of a picture, or one of them, as a network of 1 or 3 channels sees them, and the result that its answers
/// make. Grey is shown to a colour network as three equal colours, whose mean comes back.
class PictureView final : public WindowedImage {
 public:
  struct Options {
    std::size_t first = 0;        ///< The first channel of the picture that is shown.
    int channels = 1;             ///< The network's.
    float strength = 1;           ///< The answer's part in the result.
    Orientation orientation = 0;  ///< How the picture is turned for the network.
  };
  /// Answers go into `sums`, where there are any (see add_up), instead of the result.
  PictureView(const Picture& from, Picture& result, const Options& options, std::vector<float>* sums);

  void read(const Window& window, std::span<float> to) const override;
  void write(std::span<const float> answer, const Window& window) override;
  /// Writes sums that the views of all eight orientations have made.
  void write_mean();

  /// Whether all that was written are finite numbers.
  [[nodiscard]] bool finite() const { return finite_; }

 private:
  [[nodiscard]] std::size_t place(int y, int x) const;
  template <class Pixel>
  void store(const std::vector<Pixel>& before, std::size_t at, const float* answer);

  const Picture& from_;
  Picture& result_;
  Options options_;
  std::vector<float>* sums_;
  bool grey_;  ///< A grey picture for a colour network.
  bool finite_ = true;
};

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
