#pragma once

#include <chrono>
#include <vector>

#include "host/cpu/network/network.hpp"
#include "host/cpu/runtime/aligned_floats.hpp"
#include "host/cpu/runtime/barrier.hpp"
#include "host/cpu/runtime/sharing.hpp"
#include "host/cpu/runtime/thread_pool.hpp"

namespace dae::cpu {

/// Takes a network's blocks through all threads: each on a thread of its own, the last ones shared by teams where
/// threads would be idle.
class BlockRunner {
 public:
  /// All three must outlive it.
  BlockRunner(const Network& network, const Kernels& kernels, ThreadPool& threads)
      : network_(network), kernels_(kernels), threads_(threads), barriers_(static_cast<std::size_t>(threads.size())) {
    for (int i = 0; i < threads.size(); ++i) arenas_.emplace_back(network.arena_floats);
  }
  [[nodiscard]] const Network& network() const { return network_; }

  /// Calls work(job, block, worker) for all jobs, each with a block of the network on these weights; where WorkSplit
  /// says so for each member of a team, with its share of the team's block.
  template <class Work>
  void run(int jobs, const float* weights, const float* packed, Work work);

 private:
  // Threads meet so seldom in blocks whose sharing costs no more that they cannot wait long.
  static constexpr double always_shared = 0.09;

  [[nodiscard]] float* arena(int i) const { return arenas_[static_cast<std::size_t>(i)].data(); }

  const Network& network_;
  const Kernels& kernels_;
  ThreadPool& threads_;
  std::vector<AlignedFloats> arenas_;  // one a thread
  std::vector<Barrier> barriers_;      // one a team
  SharingTuner tuner_;
};

template <class Work>
void BlockRunner::run(int jobs, const float* weights, const float* packed, Work work) {
  WorkSplit split(jobs, threads_.size(), network_.cost_of_sharing);
  const bool choice = split.teams > 0 && network_.cost_of_sharing > always_shared;
  if (choice && !tuner_.share()) split = WorkSplit::all_alone(jobs);
  const auto start = std::chrono::steady_clock::now();
  threads_.run(split.alone, [&](int job, int worker) {
    work(job,
         Block{.kernels = kernels_,
               .arena = arena(worker),
               .scratch = arena(worker),
               .weights = weights,
               .packed = packed},
         worker);
  });
  for (int team = 0; team < split.teams; ++team) barriers_[static_cast<std::size_t>(team)].reset(split.members);
  // There are no more places than threads: every member comes, whatever the others wait for.
  threads_.run(split.teams * split.members, [&](int place, int worker) {
    const int team = place / split.members;
    const Block block{.kernels = kernels_,
                      .arena = arena(team * split.members),
                      .scratch = arena(place),
                      .weights = weights,
                      .packed = packed,
                      .barrier = &barriers_[static_cast<std::size_t>(team)],
                      .member = place % split.members,
                      .members = split.members};
    for (int job = split.alone + team; job < jobs; job += split.teams) work(job, block, worker);
  });
  // The tuner compares rounds of whole blocks, since the last batch of an epoch may be shorter.
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  if (choice) tuner_.took(seconds.count() / ((jobs + threads_.size() - 1) / threads_.size()));
}

}  // namespace dae::cpu
