#include "host/cpu/networks.hpp"

#include <algorithm>
#include <limits>

namespace dae::cpu {
namespace {

// A training step takes about three forward passes, and for each block every weight's gradient is summed over lanes and
// added up (measured on both networks of digits, AVX-512).
constexpr double passes = 3, sums_a_weight = 45;
// What seams and narrow products cost.
constexpr double of_tiles = 1.1;

/// Images a block with which the Spec's batches train soonest. It must not depend on the threads, or the bits would:
/// the time on two threads counts twice as much as that on one.
int images_a_block(const Graph& graph, const Spec& spec, int lanes) {
  if (std::holds_alternative<Ssim>(spec.loss) || spec.shape.n >= 2 * lanes) return lanes;
  const auto step = [&](int each, double block_cost, std::size_t parameters) {
    const int blocks = (spec.shape.n + each - 1) / each;
    return (blocks + 2 * ((blocks + 1) / 2)) * (passes * block_cost + sums_a_weight * static_cast<double>(parameters));
  };
  int best = lanes;
  double best_time = std::numeric_limits<double>::infinity();
  for (int each = lanes / 2; each >= 1; each /= 2) {
    const Network tiles(graph, spec, lanes, each);
    if (best == lanes) best_time = step(lanes, tiles.block_cost, tiles.parameters);
    const double time = step(each, of_tiles * tiles.cost, tiles.parameters);
    if (time >= best_time) continue;
    best = each;
    best_time = time;
  }
  return best;
}

}  // namespace

Networks::Networks(const Graph& graph, const Spec& spec, int lanes) {
  if (spec.mode == Mode::train) {
    const int each = images_a_block(graph, spec, lanes);
    (each < lanes ? tiles : images).emplace(graph, spec, lanes, each);
    return;
  }
  tiles.emplace(graph, spec, lanes, 1);
  // Tiles reach beyond the image and have seams: they must promise some gain.
  if (1.3 * tiles->cost > tiles->block_cost) tiles.reset();
  const bool few = tiles && spec.shape.n * tiles->cost < tiles->block_cost;
  const bool as_fast = tiles && lanes * tiles->cost < 1.05 * tiles->block_cost;
  if (spec.mode != Mode::predict || !(few || as_fast)) images.emplace(graph, spec, lanes, lanes);
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
