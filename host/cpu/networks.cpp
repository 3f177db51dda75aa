#include "host/cpu/networks.hpp"

#include <algorithm>
#include <limits>

namespace dae::cpu {

Networks::Networks(const Graph& graph, const Spec& spec, int lanes) {
  if (spec.mode != Mode::train) {
    tiles.emplace(graph, spec, lanes, Network::Lanes::tiles);
    // Tiles reach beyond the image and have seams: they must promise some gain.
    if (1.3 * tiles->cost > tiles->block_cost) tiles.reset();
  }
  const bool few = tiles && spec.shape.n * tiles->cost < tiles->block_cost;
  const bool as_fast = tiles && lanes * tiles->cost < 1.05 * tiles->block_cost;
  if (spec.mode != Mode::predict || !(few || as_fast)) images.emplace(graph, spec, lanes);
}

std::size_t Networks::arena_floats() const {
  return (images ? images->arena_floats : 0) + (tiles ? tiles->arena_floats : 0);
}

int Networks::blocks_of(int count, int lanes, int threads) const {
  const int most = (count + lanes - 1) / lanes;
  if (!tiles) return most;
  if (!images) return 0;
  int best = most;
  double best_time = std::numeric_limits<double>::infinity();
  // The bits are the same, so the choice may look at the threads.
  for (int blocks = most; blocks >= std::max(0, most - threads - 1); --blocks) {
    const double sum = blocks * tiles->block_cost + std::max(0, count - blocks * lanes) * tiles->cost;
    const double time = std::max(sum / threads, (blocks + threads - 1) / threads * tiles->block_cost);
    if (time < best_time) {
      best = blocks;
      best_time = time;
    }
  }
  return best;
}

}  // namespace dae::cpu
