#include "host/cpu/network/networks.hpp"

#include <algorithm>
#include <limits>

#include "host/cpu/runtime/sharing.hpp"

namespace dae::cpu {
namespace {

// A training step takes about three forward passes, and for each block every weight's gradient is summed over lanes and
// added up (measured on both networks of digits, AVX-512).
constexpr double passes = 3, sums_a_weight = 45;
// Borders between tiles and narrow products cost it.
constexpr double of_tiles = 1.25;

/// Images a block with which the Spec's batches train soonest on one thread: it must not depend on the threads, or the
/// bits would.
int images_a_block(const Graph& graph, const Spec& spec, int lanes) {
  if (std::holds_alternative<Ssim>(spec.loss) || spec.shape.n >= 2 * lanes) return lanes;
  const auto step = [&](int each, double block_cost, std::size_t parameters) {
    const int blocks = (spec.shape.n + each - 1) / each;
    return blocks * (passes * block_cost + sums_a_weight * static_cast<double>(parameters));
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
  // Tiles reach beyond the image and exchange borders: they must promise some gain.
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
    const int left = std::max(0, count - blocks * lanes);
    const double time = WorkSplit(blocks, threads, images->cost_of_sharing).time * tiles->block_cost +
                        WorkSplit(left, threads, tiles->cost_of_sharing).time * tiles->cost;
    if (time < best_time) {
      best = blocks;
      best_time = time;
    }
  }
  return best;
}

}  // namespace dae::cpu
