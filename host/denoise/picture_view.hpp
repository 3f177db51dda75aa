#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dae/batch.hpp"
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

}  // namespace dae
