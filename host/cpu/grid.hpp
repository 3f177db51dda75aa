#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "dae/graph.hpp"
#include "host/cpu/chains.hpp"

namespace dae::cpu {

/// How one image is spread over the lanes of a block, so that it need not share them with other images: in tiles of
/// `height` x `width` pixels, `down` x `across` of them, the tile in row i and column j in lane i * across + j. The
/// tiles may reach beyond the image's lower and right edge.
struct Grid {
  int down = 1, across = 1;
  int height = 0, width = 0;

  [[nodiscard]] std::size_t pixels() const {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  }
  friend bool operator==(const Grid&, const Grid&) = default;
};

/// All grids that an image may be spread in, with tiles whose sides are multiples of a power of two; the smallest tiles
/// first.
std::vector<Grid> grids_for(const Shape& shape, int lanes);

/// What a tile holds of an image of `shape`.
inline Shape tile_of(const Grid& grid, const Shape& shape) { return {1, grid.height, grid.width, shape.c}; }
/// The tile of a convolution's own output, of `shape`, where `out` is the grid behind the pooling that it takes in.
Shape tile_before_pooling(const Grid& out, bool pool, const Shape& shape);

/// A grid for every layer of a graph. A layer keeps its input's grid where the tiles' edges allow it, else the image is
/// spread anew before it. Every layer's result is that of the image in one lane, bit for bit: the same sums in the same
/// order, only in other lanes. A fixed rule of graph, shape and lanes.
class GridPlan {
 public:
  struct Layer {
    Grid in, out;  ///< Of the inputs of the stage that begins with this layer, and of its result.
  };

  GridPlan(const Graph& graph, std::span<const Shape> shapes, const Chains& chains, int lanes);

  [[nodiscard]] const Grid& input() const { return layers_.front().out; }
  [[nodiscard]] const Layer& layer(std::size_t node) const { return layers_[node]; }
  /// About what the image takes, and what a block with an image in each lane does, in multiply-adds of registers.
  [[nodiscard]] double cost() const { return cost_; }
  [[nodiscard]] double block_cost() const { return block_cost_; }

 private:
  std::vector<Layer> layers_;
  double cost_ = 0, block_cost_ = 0;
};

}  // namespace dae::cpu
