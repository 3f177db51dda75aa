#pragma once

#include <cstddef>
#include <optional>

#include "host/cpu/network/network.hpp"

namespace dae::cpu {

/// The networks of a program: for blocks with an image in each lane, and for blocks of fewer images in tiles. Of the
/// two one may be missing, by a fixed rule of graph, lanes and Spec; a program that trains has one only. A prediction
/// has the same bits in both.
struct Networks {
  Networks(const Graph& graph, const Spec& spec, int lanes);

  std::optional<Network> images, tiles;
  [[nodiscard]] const Network& any() const { return images ? *images : *tiles; }
  /// The floats of a thread's arenas together.
  [[nodiscard]] std::size_t arena_floats() const;

  /// With how many blocks of `lanes` images a prediction of `count` begins; the images behind them go in tiles.
  [[nodiscard]] int blocks_of(int count, int lanes, int threads) const;
};

}  // namespace dae::cpu
