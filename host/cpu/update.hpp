#pragma once

#include <vector>

#include "dae/optimizer.hpp"
#include "host/cpu/kernels/kernels.hpp"
#include "host/cpu/runtime/thread_pool.hpp"
#include "host/cpu/state.hpp"

namespace dae::cpu {

/// Gradients in `groups` arenas, `stride` floats apart.
struct GroupedGradients {
  float* at = nullptr;
  std::size_t stride = 0;
  int groups = 0;
};

/// One optimizer step: adds up the groups' gradients, clips them, changes weights, moments and the average. The bits do
/// not depend on the number of threads.
class UpdatePass {
 public:
  explicit UpdatePass(std::size_t parameters);
  void operator()(const Kernels& kernels, ThreadPool& threads, const Update& update, const GroupedGradients& gradients,
                  CpuState& state);

 private:
  std::vector<double> squares_;  // of the gradients, chunk by chunk
};

}  // namespace dae::cpu
