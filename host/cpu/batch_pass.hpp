#pragma once

#include <memory>
#include <span>
#include <vector>

#include "host/cpu/block_runner.hpp"
#include "host/cpu/input/input_writer.hpp"
#include "host/cpu/runtime/range_log.hpp"
#include "host/cpu/update.hpp"

namespace dae::cpu {

/// How a batch is cut. A block is as many images as the network takes at once and stays on one thread from input to
/// gradient. A group is a run of blocks whose gradients are summed in order; groups depend on the batch and the model
/// alone, never on the threads, so that the same sums are formed in the same order on any number of them.
struct Cut {
  int blocks = 0, groups = 0;
  Cut(int images, const Network& network);
  [[nodiscard]] int first_block(int group) const { return static_cast<int>(std::int64_t{blocks} * group / groups); }
};

/// The images of one pass: samples of an image store, or images in host memory (n, h, w, c) with their targets.
struct Batch {
  int images = 0;
  const CpuImageStore* store = nullptr;
  std::span<const Sample> samples = {};
  const float *in = nullptr, *target = nullptr;
  float* d_in = nullptr;  ///< The input's gradient goes there; null where nobody wants it.
};

/// Gives all lanes the recipe's noise level, for images that come with their noise.
void write_level(const Network& network, const Block& block, const NoiseRecipe& recipe);

/// Takes batches through a network that has a loss, forward and in training back.
class BatchPass {
 public:
  /// The runner and the log must outlive it.
  BatchPass(BlockRunner& runner, const Spec& spec, RangeLog& log);

  /// The loss over the batch, on these weights; `backward` leaves the gradients too. `eager` records every layer.
  BlockSums operator()(const float* weights, const float* packed, const Batch& batch, bool backward, bool eager);
  /// The gradients of the last pass over so many images.
  [[nodiscard]] GroupedGradients gradients(int images) const;

 private:
  void fill(const Block& block, const Batch& batch, int first, int count) const;
  [[nodiscard]] BlockSums run_block(const Block& block, const Batch& batch, int first, float scale) const;
  [[nodiscard]] float* zeroed_gradients(const Block& block, int group) const;

  BlockRunner& runner_;
  const Network& network_;
  Shape sample_;
  NoiseRecipe noise_;
  RangeLog& log_;
  std::unique_ptr<InputWriter> writer_;
  std::size_t stride_;
  AlignedFloats gradients_;
  std::vector<BlockSums> group_sums_;
};

}  // namespace dae::cpu
