#pragma once

#include <cstdint>
#include <vector>

#include "host/cpu/input/input_writer.hpp"

namespace dae::cpu {

/// The writer for a network of tiles. One of the threads that share a block does it all.
class TileInputWriter final : public InputWriter {
 public:
  TileInputWriter(const Network& network, const NoiseRecipe& recipe);
  void write(const Block& block, const CpuImageStore& store, std::span<const Sample> samples) const override;

 private:
  void write_all(const Block& block, const CpuImageStore& store, std::span<const Sample> samples) const;

  const Network& network_;
  NoiseRecipe recipe_;
  bool by_kernel_;                    // the kernel draws all of the noise
  std::vector<std::uint32_t> first_;  // element of each lane's tile
};

}  // namespace dae::cpu
