#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

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

/// The writer where lanes are images. Threads that share a block write some rows each.
class LaneInputWriter final : public InputWriter {
 public:
  /// `levels` is null where no layer asks how strong the noise is.
  LaneInputWriter(const Shape& sample, const NoiseRecipe& recipe, const Tensor& input, const Tensor& target,
                  const Tensor* levels = nullptr);
  void write(const Block& block, const CpuImageStore& store, std::span<const Sample> samples) const override;

 private:
  void write_clean(const Block& block, const CpuImageStore& store, std::span<const Sample> samples,
                   const Slice& rows) const;
  void write_noise(const Sample& sample, int lane, int lanes, ConstPlanes clean, Planes noisy) const;

  Shape shape_;
  const Tensor& input_;
  const Tensor& target_;
  const Tensor* levels_;
  NoiseRecipe recipe_;
  bool by_kernel_;  // the kernel draws all of the noise
};

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
