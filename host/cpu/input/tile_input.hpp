#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dae/batch.hpp"
#include "host/cpu/input/image_store.hpp"
#include "host/cpu/network/network.hpp"

namespace dae::cpu {

/// What InputWriter is where lanes are images, for a network of tiles.
class TileInputWriter {
 public:
  TileInputWriter(const Network& network, const NoiseRecipe& recipe);

  /// Writes the clean crops into the target, the noisy ones into the input and each image's noise level. Lanes that no
  /// image has become zero.
  void write(const Block& block, const CpuImageStore& store, std::span<const Sample> samples) const;

 private:
  const Network& network_;
  NoiseRecipe recipe_;
  bool vector_;                       // whether the kernel draws all of the noise
  std::vector<std::uint32_t> first_;  // element of each lane's tile
};

}  // namespace dae::cpu
