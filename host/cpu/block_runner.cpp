#include "host/cpu/block_runner.hpp"

namespace dae::cpu {

BlockRunner::BlockRunner(const Network& network, const Kernels& kernels, ThreadPool& threads)
    : network_(network), kernels_(kernels), threads_(threads), barriers_(static_cast<std::size_t>(threads.size())) {
  for (int i = 0; i < threads.size(); ++i) arenas_.emplace_back(network.arena_floats);
}

}  // namespace dae::cpu
