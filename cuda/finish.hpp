#pragma once

#include <driver_types.h>

#include <cstddef>

#include "cuda/bias.hpp"
#include "cuda/control.hpp"
#include "cuda/loss.hpp"

namespace dae::cuda {

/// train: stores the step's loss, latches a bad one, counts the step, computes the optimizer's factor. evaluate: adds
/// to the totals of loss, squared error and PSNR. gradient: adds to the total of the loss alone.
enum class Finish { train, evaluate, gradient };

struct FinishOperands {
  const LossPartial* partials = nullptr;
  unsigned samples = 0, chunks = 1;
  double elements = 1;  ///< That a sample's loss is the mean of; see loss_terms.
  double outputs = 1;   ///< Elements of a sample's output.
  const BiasSum* biases = nullptr;
  unsigned bias_count = 0;
  Control* control = nullptr;
  Training* training = nullptr;  ///< Finish::train only.
};

/// The last reductions of a step in one launch: the loss in one block, each bias gradient in another, always in the
/// same order. Moves the batch's cursor on.
void finish_step(cudaStream_t stream, Finish mode, const FinishOperands& operands);

}  // namespace dae::cuda
