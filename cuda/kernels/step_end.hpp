#pragma once

#include <driver_types.h>

#include <cstddef>

#include "cuda/kernels/bias.hpp"
#include "cuda/kernels/loss.hpp"
#include "cuda/kernels/step_params.hpp"

namespace dae::cuda {

/// train: stores the step's loss, latches a bad one, counts the step, takes the rates that were announced for it,
/// computes the optimizer's factor. evaluate: adds to the totals of loss, squared error and PSNR. gradient: adds to the
/// total of the loss alone.
enum class StepKind { train, evaluate, gradient };

struct StepEndOperands {
  const LossPartial* partials = nullptr;
  unsigned samples = 0, chunks = 1;
  double elements = 1;  ///< That a sample's loss is the mean of; see loss_terms.
  double outputs = 1;   ///< Elements of a sample's output.
  const BiasSum* biases = nullptr;
  unsigned bias_count = 0;
  StepParams* params = nullptr;
  Training* training = nullptr;  ///< StepKind::train only.
};

/// The last reductions of a step in one launch: the loss in one block, each bias gradient in another, always in the
/// same order. Moves the batch's cursor on.
void end_step(cudaStream_t stream, StepKind mode, const StepEndOperands& operands);

}  // namespace dae::cuda
