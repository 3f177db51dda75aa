#pragma once

#include <driver_types.h>

#include <cstdint>

#include "dae/batch.hpp"

/// \file
/// The numbers that the kernels of a step read and write besides tensors. It lies on the device, so that a captured
/// graph can be replayed without a word from the host.
namespace dae::cuda {

/// Where a slot's images lie in a pool.
struct SlotPlace {
  std::uint64_t clean = 0, noisy = 0;  ///< Offsets in bytes; noisy == clean: no noisy image, draw the noise.
  std::uint32_t height = 0, width = 0;
  std::uint16_t channels = 0;
  std::uint8_t clean_bytes = 0, noisy_bytes = 0;  ///< Bytes of an element: 1 and 2 are scaled, 4 is float.
};

/// The samples of the steps to come. `cursor` moves on by a batch with every step.
struct Batch {
  const Sample* samples = nullptr;
  const SlotPlace* slots = nullptr;
  const unsigned char* pixels = nullptr;
  std::uint32_t cursor = 0, count = 0;
};

/// The totals that steps leave behind for Program::take_metrics.
struct Totals {
  float* step_losses = nullptr;       ///< One a training step; step_losses[steps] is the next one's.
  std::uint64_t* progress = nullptr;  ///< In mapped host memory: steps << 32 | bits of Progress::loss; may be null.
  std::uint64_t steps = 0, samples = 0;
  std::uint64_t bad_step = 0;  ///< 0: none. Once set, no step changes a weight.
  double loss = 0, squared_error = 0, psnr = 0;
};

enum class OptimizerKind : std::uint32_t { adam, sgd };

/// A step's rates: what the host says of it, and what the step finds out. The host's part may change between replays.
struct Rates {
  OptimizerKind kind = OptimizerKind::adam;
  float rate = 0, beta1 = 0, beta2 = 0, epsilon = 0;  ///< beta1 is Sgd's momentum.
  float shrink = 0;                                   ///< The part of each weight that is taken off first.
  float clip_norm = 0, average_gain = 0;              ///< average_gain: what part of a weight goes into the average.
  float factor = 0;                                   ///< The factor of m: found out by end_step.
  float gradient_scale = 1;                           ///< Found out by clip_gradients.
};

/// The rates of the steps to come; beyond `count` a step keeps those of the one before, or what the host stored.
struct AnnouncedRates {
  const Rates* list = nullptr;
  std::uint32_t next = 0, count = 0;
};

struct StepParams {
  Batch batch;
  Totals totals;
  Rates rates;
  AnnouncedRates announced;
};

/// The part of a State that kernels count in.
struct Training {
  std::uint64_t step = 0;
};

/// Enqueue a write of a part of a StepParams on the device.
void store(cudaStream_t stream, Batch* to, const Batch& value);
void store(cudaStream_t stream, Totals* to, const Totals& value);
void store(cudaStream_t stream, Rates* to, const Rates& value);
void store(cudaStream_t stream, AnnouncedRates* to, const AnnouncedRates& value);
void store(cudaStream_t stream, Training* to, const Training& value);
void store(cudaStream_t stream, float** to, float* value);

}  // namespace dae::cuda
