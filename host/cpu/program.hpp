#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "dae/device.hpp"
#include "host/cpu/input/noise.hpp"
#include "host/cpu/input/tile_input.hpp"
#include "host/cpu/network/networks.hpp"
#include "host/cpu/runtime/isa.hpp"
#include "host/cpu/runtime/sharing_tuner.hpp"
#include "host/cpu/runtime/thread_pool.hpp"
#include "host/cpu/runtime/work_split.hpp"
#include "host/cpu/state.hpp"
#include "host/cpu/update.hpp"

namespace dae::cpu {

/// How a batch is cut. A block is as many images as the network takes at once and stays on one thread from input to
/// gradient. A group is a run of blocks whose gradients are summed in order; groups depend on the batch and the model
/// alone, never on the threads, so that the same sums are formed in the same order on any number of them.
struct Cut {
  int blocks = 0, groups = 0;
  Cut(int images, const Network& network);
  [[nodiscard]] int first_block(int group) const { return static_cast<int>(std::int64_t{blocks} * group / groups); }
};

class CpuProgram final : public Program {
 public:
  CpuProgram(const Graph& graph, const Spec& spec, const Isa& isa, ThreadPool& threads, RangeLog& log);

  void load(const ImageStore& store, std::span<const Sample> samples) override;
  std::size_t train(State& state, const Update& update) override;
  std::size_t evaluate(const State& state) override;
  Metrics take_metrics() override;
  [[nodiscard]] Progress progress() const override;
  void predict(const State& state, std::span<const float> in, std::span<float> out) override;
  double gradient(const State& state, std::span<const float> in, std::span<const float> target,
                  std::span<float> d_weights, std::span<float> d_in) override;
  void set_eager(bool eager) override { eager_ = eager; }

  /// What a program of this kind takes.
  static MemoryPlan plan(const Networks& networks, const Spec& spec, int threads);

 private:
  /// Of training and evaluation.
  [[nodiscard]] const Network& network() const;
  [[nodiscard]] Block block_of(const Network& network, const CpuState& state, const ThreadRole& role) const;
  /// Calls work(job, block, worker) for all jobs, each with a block of the network; where WorkSplit says so for each
  /// member of a team, with its share of the team's block.
  template <class Work>
  void run_jobs(int jobs, const Network& network, const CpuState& state, Work work);
  /// Gives all lanes the recipe's noise level, for images that come with their noise.
  void write_level(const Network& network, const Block& block) const;
  void write_samples(const Block& block, std::span<const Sample> samples) const;
  void predict_block(const Network& network, const Block& block, const float* in, int count, float* out);
  const CpuState& prepared(const State& state);
  void require(Mode mode, const char* call) const;
  std::span<const Sample> take();

  template <class Fill, class Done>
  BlockSums pass(const CpuState& state, int images, const Cut& cut, bool training, bool input_gradient, Fill fill,
                 Done done);

  Spec spec_;
  const Kernels& kernels_;
  ThreadPool& threads_;
  RangeLog& log_;
  bool eager_ = false;
  Networks networks_;
  std::unique_ptr<InputWriter> writer_;              // where lanes are images
  std::unique_ptr<TileInputWriter> tile_writer_;     // of training in tiles
  std::vector<AlignedFloats> arenas_, tile_arenas_;  // one a thread
  std::vector<Barrier> barriers_;                    // one a team
  SharingTuner tuner_, tile_tuner_;                  // of the networks
  AlignedFloats packed_, gradients_;
  std::optional<UpdatePass> update_;
  std::size_t gradient_stride_ = 0;
  std::vector<BlockSums> group_sums_;
  std::uint64_t packed_version_ = 0;

  const ImageStore* store_ = nullptr;
  std::vector<Sample> samples_;
  std::size_t next_ = 0;
  Metrics metrics_;
};

template <class Work>
void CpuProgram::run_jobs(int jobs, const Network& network, const CpuState& state, Work work) {
  WorkSplit split(jobs, threads_.size(), network.cost_of_sharing);
  SharingTuner* tuner = split.teams > 0 ? &(network.images_at_once < kernels_.lanes ? tile_tuner_ : tuner_) : nullptr;
  if (tuner != nullptr && !tuner->share()) split = WorkSplit::all_alone(jobs);
  const auto start = std::chrono::steady_clock::now();
  threads_.run(split.alone, [&](int job, int worker) {
    work(job, block_of(network, state, {.scratch = worker, .arena = worker}), worker);
  });
  for (int team = 0; team < split.teams; ++team) barriers_[static_cast<std::size_t>(team)].reset(split.members);
  // As many places as threads at most: every member comes, whatever the others wait for.
  threads_.run(split.teams * split.members, [&](int place, int worker) {
    const int team = place / split.members;
    const Block block = block_of(network, state,
                                 {.scratch = place,
                                  .arena = team * split.members,
                                  .barrier = &barriers_[static_cast<std::size_t>(team)],
                                  .member = place % split.members,
                                  .members = split.members});
    for (int job = split.alone + team; job < jobs; job += split.teams) work(job, block, worker);
  });
  // By rounds of whole blocks, since the last batch of an epoch may be shorter.
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  if (tuner != nullptr) tuner->took(seconds.count() / ((jobs + threads_.size() - 1) / threads_.size()));
}

}  // namespace dae::cpu
