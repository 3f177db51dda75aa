#include "host/cpu/update.hpp"

#include <algorithm>
#include <cmath>

namespace dae::cpu {
namespace {

constexpr std::size_t chunk = 2048;  // a few microseconds' work; whole registers

/// Calls act(index of the chunk, first, count) for all weights.
template <class Act>
void for_chunks(ThreadPool& threads, std::size_t size, Act act) {
  threads.run(static_cast<int>((size + chunk - 1) / chunk), [&](int i, int) {
    const std::size_t first = static_cast<std::size_t>(i) * chunk;
    act(static_cast<std::size_t>(i), first, std::min(chunk, size - first));
  });
}

/// Leaves the sum of all groups in the first one. Returns what to multiply it with so that its norm is at most
/// `clip_norm`.
float clip(const Kernels& kernels, ThreadPool& threads, const GroupedGradients& gradients, std::size_t size,
           float clip_norm, std::vector<double>& squares) {
  for_chunks(threads, size, [&](std::size_t i, std::size_t first, std::size_t count) {
    squares[i] = kernels.sum_gradients({.gradients = gradients.at + first,
                                        .group_stride = static_cast<std::ptrdiff_t>(gradients.stride),
                                        .groups = gradients.groups,
                                        .count = count});
  });
  double sum = 0;
  for (const double each : squares) sum += each;
  const double norm = std::sqrt(sum);
  return norm > double{clip_norm} ? static_cast<float>(double{clip_norm} / norm) : 1.0f;
}

/// Fills in what an optimizer's kernel needs and returns the kernel.
struct Choose {
  const Kernels& kernels;
  UpdateTask& task;
  std::uint64_t step;

  using Kernel = void (*)(const UpdateTask&);
  Kernel operator()(const Adam& adam) const {
    task.step_size = step_size(adam, step);
    task.beta1 = adam.beta1;
    task.beta2 = adam.beta2;
    task.epsilon = adam.epsilon;
    return kernels.adam;
  }
  Kernel operator()(const AdamW& adamw) const {
    task.shrink = adamw.rate * adamw.decay;
    return (*this)(Adam{adamw.rate, adamw.beta1, adamw.beta2, adamw.epsilon});
  }
  Kernel operator()(const Sgd& sgd) const {
    task.step_size = sgd.rate;
    task.beta1 = sgd.momentum;
    return kernels.sgd;
  }
};

}  // namespace

UpdatePass::UpdatePass(std::size_t parameters) : squares_((parameters + chunk - 1) / chunk) {}

void UpdatePass::operator()(const Kernels& kernels, ThreadPool& threads, const Update& update,
                            const GroupedGradients& gradients, CpuState& state) {
  UpdateTask all{.group_stride = static_cast<std::ptrdiff_t>(gradients.stride), .groups = gradients.groups};
  if (update.clip_norm > 0) {
    all.gradient_scale = clip(kernels, threads, gradients, state.size(), update.clip_norm, squares_);
    all.groups = 1;
  }
  const auto kernel = std::visit(Choose{kernels, all, state.step() + 1}, update.optimizer);
  const bool averaging = update.average_decay > 0;
  if (averaging) all.average_gain = 1 - update.average_decay;
  for_chunks(threads, state.size(), [&](std::size_t, std::size_t first, std::size_t count) {
    UpdateTask task = all;
    task.weights = state.weights() + first;
    task.m = state.m() + first;
    task.v = state.v() + first;
    task.average = averaging ? state.average() + first : nullptr;
    task.gradients = gradients.at + first;
    task.count = count;
    kernel(task);
  });
  state.stepped();
}

}  // namespace dae::cpu
