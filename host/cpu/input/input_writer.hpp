#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "dae/batch.hpp"
#include "host/cpu/input/image_store.hpp"
#include "host/cpu/network/network.hpp"

namespace dae::cpu {

/// Brings samples into a block: gather, scale to [0, 1], noise, clip.
class InputWriter {
 public:
  virtual ~InputWriter() = default;
  /// Writes the clean crops into the target, the noisy ones into the input and each lane's noise level. Lanes that no
  /// sample has become zero. All threads that share the block call it.
  virtual void write(const Block& block, const CpuImageStore& store, std::span<const Sample> samples) const = 0;
};

/// The writer for the way in which the network's blocks hold images.
std::unique_ptr<InputWriter> make_input_writer(const Network& network, const Shape& sample, const NoiseRecipe& recipe);

/// The words that each lane's noise is drawn from, and how strong it is.
struct LaneNoise {
  std::array<std::uint32_t, most_lanes> epoch{}, id{}, rng_stream{};
  std::array<float, most_lanes> sigma{};  ///< The noise that the kernel adds.
  std::array<float, most_lanes> level{};  ///< The noise that a NoiseMap shows.

  /// Gives a run of lanes to a sample, whose noise is `drawn` or came with its image. `by_kernel`: the kernel draws it.
  void set(int first, int count, const Sample& sample, const NoiseRecipe& recipe, bool drawn, bool by_kernel);
  [[nodiscard]] NoiseLanes lanes() const { return {epoch.data(), id.data(), rng_stream.data(), sigma.data()}; }
};

}  // namespace dae::cpu
