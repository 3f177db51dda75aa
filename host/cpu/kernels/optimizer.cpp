#include "host/cpu/kernels/optimizer.hpp"

#include "host/cpu/kernels/math.hpp"

namespace dae::cpu::DAE_ISA {

void adam(const AdamTask& task) {
  for (std::size_t i = 0; i < task.count; i += lanes) {
    Vec gradient = load(task.gradients + i);
    for (int group = 1; group < task.groups; ++group) gradient += load(task.gradients + group * task.group_stride + i);
    const Vec m = task.beta1 * load(task.m + i) + (1.0f - task.beta1) * gradient;
    const Vec v = task.beta2 * load(task.v + i) + (1.0f - task.beta2) * (gradient * gradient);
    store(task.m + i, m);
    store(task.v + i, v);
    store(task.weights + i, load(task.weights + i) - task.step_size * m / (square_root(v) + task.epsilon));
  }
}

}  // namespace dae::cpu::DAE_ISA
