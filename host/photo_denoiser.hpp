#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dae/device.hpp"
#include "host/checkpoint.hpp"
#include "host/images/picture.hpp"
#include "host/trained_network.hpp"
#include "host/windows.hpp"

namespace dae {

struct PhotoOptions {
  std::size_t memory = std::size_t{1} << 30;  ///< Bytes that a program may take.
  int batch = 16;                             ///< Windows a pass.
  int window = 0;                             ///< Pixels; 0: as the memory and the images allow.
  float strength = 1;                         ///< 0 leaves an image as it is.
  bool tta = false;                           ///< The mean of the answers to all eight orientations.
};

struct Denoised {
  Picture picture;
  /// Why it cannot be right, or empty: values that are no finite numbers, or one value everywhere although the input
  /// has several.
  std::string_view problem;
};

/// A checkpoint's network for pictures of any size, depth and layout.
class PhotoDenoiser {
 public:
  /// Throws ShapeError for a graph that is no denoiser of pictures.
  PhotoDenoiser(Device& device, const Checkpoint& checkpoint, const PhotoOptions& options);

  /// Denoises pictures of one shape together. Grey stays grey and colour colour; a grey network takes the channels of a
  /// colour picture one by one, a colour network takes grey for colour. Transparency is left alone. Depth and metadata
  /// are the input's. Throws ShapeError when the graph is tied to another size, and MemoryError when not even the
  /// smallest window fits.
  std::vector<Denoised> operator()(std::span<const Picture> pictures);

 private:
  /// Planes of the network's channels, interleaved.
  using Planes = std::vector<float>;
  std::vector<Planes> run(const std::vector<Planes>& images, int h, int w);
  std::vector<Planes> run_all_orientations(const std::vector<Planes>& images, int h, int w);
  [[nodiscard]] Spec spec(int h, int w) const;
  Program& program(int h, int w);
  int window_for(int h, int w, std::size_t images);

  Device& device_;
  Graph graph_;
  NoiseRecipe noise_;
  PhotoOptions options_;
  Shape sample_;
  std::string tied_;  ///< What ties the graph to the size of sample_; or empty.
  WindowRule rule_;
  int channels_;
  std::unique_ptr<State> state_;
  /// The newest programs, by the size of their windows.
  struct Compiled {
    int h, w;
    std::unique_ptr<Program> program;
  };
  std::vector<Compiled> programs_;
};

}  // namespace dae
