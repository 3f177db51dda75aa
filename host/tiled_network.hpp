#pragma once

#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "dae/device.hpp"
#include "host/checkpoint.hpp"
#include "host/windows.hpp"

namespace dae {

/// A checkpoint's network on a device, for images of any size. Large images go through in tiles that overlap as far as
/// the network sees and begin where the kernels' own tiles do, so that the result is that of the whole image, bit for
/// bit on one instruction set. Images whose sides are no multiples of the network's stride are mirrored below and on
/// the right, and cut again.
class TiledNetwork {
 public:
  /// Tiles are at most `side` pixels high and wide, or as large as their overlap requires; `batch` go through at a
  /// time. `noise` says what a NoiseMap shows. Throws GraphError, with the reason, for a network that is tied to one
  /// size.
  TiledNetwork(Device& device, const Checkpoint& checkpoint, const NoiseRecipe& noise, int side = 128, int batch = 16);

  /// What the network makes of one image of h x w x c values; as many come back.
  std::vector<float> operator()(std::span<const float> image, const Shape& shape);

 private:
  Program& program_for(int height, int width, int channels);

  Device& device_;
  Graph graph_;
  NoiseRecipe noise_;
  WindowRule rule_;
  int side_, batch_;
  std::unique_ptr<State> state_;
  std::map<std::pair<int, int>, std::unique_ptr<Program>> programs_;
};

}  // namespace dae
