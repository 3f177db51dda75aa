#include "cuda/kernels/column_sums.cuh"

#include <cub/block/block_reduce.cuh>

#include "cuda/kernels/step_end.hpp"
#include "cuda/kernels/step_params.cuh"

namespace dae::cuda {
namespace {

struct Sums {
  double loss = 0, squared_error = 0, psnr = 0;
};

__device__ inline double power(double base, std::uint64_t exponent) {
  double result = 1;
  for (; exponent != 0; exponent >>= 1) {
    if (exponent & 1u) result *= base;
    base *= base;
  }
  return result;
}

__device__ inline void end_training_step(StepParams& params, Training& training, double loss, unsigned live) {
  Totals& totals = params.totals;
  AnnouncedRates& announced = params.announced;
  if (announced.next < announced.count) params.rates = announced.list[announced.next++];
  const float mean = static_cast<float>(loss / live);
  const std::uint64_t step = training.step + 1;
  if (totals.bad_step == 0 && !isfinite(mean)) totals.bad_step = step;
  if (totals.bad_step == 0) {
    training.step = step;
    Rates& rates = params.rates;
    rates.factor = rates.rate;
    if (rates.kind == OptimizerKind::adam)
      rates.factor =
          static_cast<float>(rates.rate * sqrt(1.0 - power(rates.beta2, step)) / (1.0 - power(rates.beta1, step)));
  }
  totals.step_losses[totals.steps] = mean;
  totals.steps += 1;
}

/// Adds up one bias gradient: rows of partial sums, one a block of bias_gradient_kernel.
__device__ inline void finish_bias(const BiasSum& bias) {
  for (unsigned first = 0; first < bias.channels; first += kThreads) {
    const unsigned columns = bias.channels - first < kThreads ? bias.channels - first : kThreads;
    const unsigned groups = kThreads / columns, column = first + threadIdx.x % columns;
    const ColumnTile tile{columns, groups, column, threadIdx.x / columns, threadIdx.x / columns < groups};
    float sums[1] = {};
    if (tile.active)
      for (unsigned row = tile.group; row < bias.blocks; row += groups)
        sums[0] += bias.partials[static_cast<std::size_t>(row) * bias.channels + column];
    add_groups<1>(tile, sums, [&bias](unsigned channel, float sum) { bias.sum[channel] = sum; });
    __syncthreads();
  }
}

template <StepKind kMode>
__global__ void __launch_bounds__(kThreads) step_end_kernel(StepEndOperands o) {
  if (blockIdx.x > 0) {
    finish_bias(o.biases[blockIdx.x - 1]);
    return;
  }
  using Reduce = cub::BlockReduce<double, kThreads>;
  __shared__ typename Reduce::TempStorage storage[3];
  const unsigned live = live_samples(o.params->batch, o.samples);
  Sums sums;
  for (unsigned sample = threadIdx.x; sample < live; sample += kThreads) {
    double loss = 0, error = 0;
    for (unsigned chunk = 0; chunk < o.chunks; ++chunk) {
      const LossPartial part = o.partials[static_cast<std::size_t>(sample) * o.chunks + chunk];
      loss += part.loss;
      error += part.squared_error;
    }
    sums.loss += loss / o.elements;
    if constexpr (kMode == StepKind::evaluate) {
      error /= o.outputs;
      sums.squared_error += error;
      sums.psnr += -10.0 * log10(error > 1e-10 ? error : 1e-10);
    }
  }
  sums.loss = Reduce(storage[0]).Sum(sums.loss);
  if constexpr (kMode == StepKind::evaluate) {
    sums.squared_error = Reduce(storage[1]).Sum(sums.squared_error);
    sums.psnr = Reduce(storage[2]).Sum(sums.psnr);
  }
  if (threadIdx.x != 0) return;
  StepParams& params = *o.params;
  params.totals.loss += sums.loss;
  params.totals.squared_error += sums.squared_error;
  params.totals.psnr += sums.psnr;
  params.totals.samples += live;
  if constexpr (kMode == StepKind::train) end_training_step(params, *o.training, sums.loss, live);
  params.batch.cursor += live;
}

}  // namespace

void end_step(cudaStream_t stream, StepKind mode, const StepEndOperands& operands) {
  const auto kernel = mode == StepKind::train      ? step_end_kernel<StepKind::train>
                      : mode == StepKind::evaluate ? step_end_kernel<StepKind::evaluate>
                                                   : step_end_kernel<StepKind::gradient>;
  launch("step_end_kernel", stream, {dim3(1 + operands.bias_count), dim3(kThreads)}, kernel, operands);
}

}  // namespace dae::cuda
