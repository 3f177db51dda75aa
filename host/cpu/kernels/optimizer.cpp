#include "host/cpu/kernels/table.hpp"

#include "host/cpu/kernels/math.hpp"

// All arrays are padded to whole registers.
namespace dae::cpu::DAE_ISA {
namespace {

DAE_INLINE Vec group_sum(const float* gradients, std::ptrdiff_t stride, int groups, std::size_t i) {
  Vec sum = load(gradients + i);
  for (int group = 1; group < groups; ++group) sum += load(gradients + group * stride + i);
  return sum;
}

/// Calls step(i, gradient) for each register of weights; it returns what is to be taken off them.
template <class Step>
DAE_INLINE void update(const UpdateTask& task, Step step) {
  for (std::size_t i = 0; i < task.count; i += lanes) {
    const Vec gradient = group_sum(task.gradients, task.group_stride, task.groups, i) * task.gradient_scale;
    Vec weights = load(task.weights + i);
    weights -= task.shrink * weights;
    weights -= step(i, gradient);
    store(task.weights + i, weights);
    if (task.average == nullptr) continue;
    const Vec average = load(task.average + i);
    store(task.average + i, average + task.average_gain * (weights - average));
  }
}

}  // namespace

void adam(const UpdateTask& task) {
  update(task, [&task](std::size_t i, Vec gradient) {
    const Vec m = task.beta1 * load(task.m + i) + (1.0f - task.beta1) * gradient;
    const Vec v = task.beta2 * load(task.v + i) + (1.0f - task.beta2) * (gradient * gradient);
    store(task.m + i, m);
    store(task.v + i, v);
    return task.step_size * m / (square_root(v) + task.epsilon);
  });
}

void sgd(const UpdateTask& task) {
  update(task, [&task](std::size_t i, Vec gradient) {
    const Vec m = task.beta1 * load(task.m + i) + gradient;
    store(task.m + i, m);
    return task.step_size * m;
  });
}

double sum_gradients(const GradientSumTask& task) {
  double squares = 0;
  // A run of 16 registers in float, runs in double: exact to 1e-6 for any number of weights.
  constexpr std::size_t run = 16 * lanes;
  for (std::size_t first = 0; first < task.count; first += run) {
    Vec sum = {};
    for (std::size_t i = first; i < first + run && i < task.count; i += lanes) {
      const Vec gradient = group_sum(task.gradients, task.group_stride, task.groups, i);
      store(task.gradients + i, gradient);
      sum += gradient * gradient;
    }
    squares += static_cast<double>(horizontal_sum(sum));
  }
  return squares;
}

}  // namespace dae::cpu::DAE_ISA
