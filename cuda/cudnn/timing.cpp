#include "cuda/cudnn/timing.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <vector>

#include "cuda/runtime/memory.hpp"
#include "dae/error.hpp"

namespace dae::cuda::cudnn {
namespace {

/// Kernels of a few microseconds end before the host has enqueued the next: a captured run of them is timed, so that
/// cuDNN's host code is not.
constexpr int kMostExecutions = 20;
/// A replay of plans that take longer holds fewer executions: it is exact enough, and compiling must not take minutes.
constexpr float kReplayMilliseconds = 1.0f;
/// Replays of each plan, in turns, so that a clock that rises or falls meanwhile favours none.
constexpr int kTurns = 5;

/// A plan's executions as one graph, and the times that its replays took.
struct Candidate {
  int executions = 0;
  GraphExec graph;
  std::array<float, kTurns> times{};

  [[nodiscard]] float median() {
    if (executions == 0) return std::numeric_limits<float>::infinity();
    std::ranges::nth_element(times, times.begin() + kTurns / 2);
    return times[kTurns / 2] / static_cast<float>(executions);
  }
};

float time_of(const Stream& stream, const std::function<void()>& enqueue) {
  Event before(true), after(true);
  before.record(stream);
  enqueue();
  after.record(stream);
  after.wait();
  return after.since(before);
}

/// Room for the largest workspace that the device has room for.
RawMemory allocate_workspace(std::span<const Plan> plans) {
  std::vector<std::size_t> sizes;
  for (const Plan& plan : plans) sizes.push_back(plan.workspace());
  std::ranges::sort(sizes, std::greater{});
  for (const std::size_t size : sizes) try {
      return {MemoryKind::device, size};
    } catch (const MemoryError&) {
      // The next smaller one may fit.
    }
  return {};
}

}  // namespace

std::vector<float> measure(const OperationGraph& graph, std::span<const Plan> plans, cudnnHandle_t handle,
                           const Stream& stream) {
  std::vector<RawMemory> scratch;
  std::vector<Operand> operands;
  for (const GraphTensor& tensor : graph.tensors) {
    scratch.emplace_back(MemoryKind::device, tensor.bytes);
    clear(scratch.back().get(), tensor.bytes, stream.get());
    operands.push_back({tensor.uid, scratch.back().get()});
  }
  const RawMemory workspace = allocate_workspace(plans);
  std::vector<Candidate> candidates(plans.size());
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (plans[i].workspace() > workspace.bytes()) continue;
    const auto execute = [&] { plans[i].execute(handle, operands, workspace.get()); };
    time_of(stream, execute);  // the first execution loads kernels
    const float once = time_of(stream, execute);
    Candidate& candidate = candidates[i];
    candidate.executions = once * kMostExecutions <= kReplayMilliseconds
                               ? kMostExecutions
                               : std::max(1, static_cast<int>(kReplayMilliseconds / once));
    candidate.graph = GraphExec(stream, [&] {
      for (int n = 0; n < candidate.executions; ++n) execute();
    });
  }
  for (int turn = 0; turn < kTurns; ++turn)
    for (Candidate& candidate : candidates)
      if (candidate.graph)
        candidate.times[static_cast<std::size_t>(turn)] = time_of(stream, [&] { candidate.graph.launch(stream); });
  std::vector<float> medians;
  for (Candidate& candidate : candidates) medians.push_back(candidate.median());
  return medians;
}

}  // namespace dae::cuda::cudnn
