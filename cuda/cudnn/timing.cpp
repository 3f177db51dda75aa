#include "cuda/cudnn/timing.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "cuda/runtime/memory.hpp"

namespace dae::cuda::cudnn {

float measure(const OperationGraph& graph, const Plan& plan, cudnnHandle_t handle, const Stream& stream) {
  constexpr int kWarm = 2, kRuns = 5;
  std::vector<RawMemory> scratch;
  std::vector<Operand> operands;
  for (const GraphTensor& tensor : graph.tensors) {
    scratch.emplace_back(MemoryKind::device, tensor.bytes);
    clear(scratch.back().get(), tensor.bytes, stream.get());
    operands.push_back({tensor.uid, scratch.back().get()});
  }
  const RawMemory workspace(MemoryKind::device, plan.workspace());
  Event before(true), after(true);
  float least = std::numeric_limits<float>::infinity();
  for (int run = 0; run < kWarm + kRuns; ++run) {
    before.record(stream);
    plan.execute(handle, operands, workspace.get());
    after.record(stream);
    after.wait();
    if (run >= kWarm) least = std::min(least, after.since(before));
  }
  return least;
}

}  // namespace dae::cuda::cudnn
