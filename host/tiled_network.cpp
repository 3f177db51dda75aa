#include "host/tiled_network.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dae/error.hpp"
#include "host/loss.hpp"

namespace dae {
namespace {

/// Kernels compute squares of up to 4 positions at the network's lowest resolution together.
constexpr int kernel_tile = 4;
/// Programs of different shapes that are kept: an image has at most four kinds of tiles.
constexpr std::size_t most_programs = 8;

int rounded_up(int value, int multiple) { return (value + multiple - 1) / multiple * multiple; }

/// A stretch of rows, or columns, that a tile reads, and the part of it whose result counts.
struct Stretch {
  int first, end, valid_first, valid_end;
};

std::vector<Stretch> stretches(int size, int side, int overlap) {
  std::vector<Stretch> all;
  for (int first = 0;; first += side - 2 * overlap) {
    const int end = std::min(first + side, size);
    all.push_back({first, end, first == 0 ? 0 : first + overlap, end == size ? size : end - overlap});
    if (end == size) return all;
  }
}

/// The place of a row that lies beyond the image, mirrored at its last row.
int mirrored(int i, int size) {
  const int period = std::max(2 * size - 2, 1), place = i % period;
  return place < size ? place : period - place;
}

struct TilePlace {
  Stretch rows, columns;
};

void read_tile(std::span<const float> image, const Shape& shape, const TilePlace& tile, std::vector<float>& to) {
  const auto channels = static_cast<std::size_t>(shape.c);
  for (int y = tile.rows.first; y < tile.rows.end; ++y)
    for (int x = tile.columns.first; x < tile.columns.end; ++x) {
      const auto at = static_cast<std::size_t>(mirrored(y, shape.h)) * static_cast<std::size_t>(shape.w) +
                      static_cast<std::size_t>(mirrored(x, shape.w));
      to.insert(to.end(), image.begin() + static_cast<std::ptrdiff_t>(at * channels),
                image.begin() + static_cast<std::ptrdiff_t>((at + 1) * channels));
    }
}

void write_tile(std::span<const float> from, const TilePlace& tile, const Shape& shape, std::vector<float>& image) {
  const auto channels = static_cast<std::size_t>(shape.c);
  const int width = tile.columns.end - tile.columns.first;
  const int right = std::min(tile.columns.valid_end, shape.w);
  for (int y = tile.rows.valid_first; y < std::min(tile.rows.valid_end, shape.h); ++y) {
    if (right <= tile.columns.valid_first) return;
    const auto source =
        static_cast<std::size_t>((y - tile.rows.first) * width + tile.columns.valid_first - tile.columns.first);
    const auto target = static_cast<std::size_t>(y) * static_cast<std::size_t>(shape.w) +
                        static_cast<std::size_t>(tile.columns.valid_first);
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(source * channels),
                static_cast<std::size_t>(right - tile.columns.valid_first) * channels,
                image.begin() + static_cast<std::ptrdiff_t>(target * channels));
  }
}

}  // namespace

TiledNetwork::TiledNetwork(Device& device, const Checkpoint& checkpoint, const NoiseRecipe& noise, int side, int batch)
    : device_(device), graph_(checkpoint.graph), noise_(noise), batch_(batch) {
  const Tiling tiling = dae::tiling(graph_);
  if (!tiling.any_size)
    throw GraphError(
        fmt::format("model {}: takes images of {} only: {}", graph_.name, to_string(checkpoint.sample), tiling.reason));
  stride_ = tiling.stride;
  const int step = kernel_tile * stride_;
  overlap_ = rounded_up(tiling.halo, step);
  side_ = rounded_up(std::max(side, 4 * overlap_), step);
  state_ = device.make_state(graph_, checkpoint.sample);
  state_->write(checkpoint.weights, {}, checkpoint.step);
}

Program& TiledNetwork::program_for(int height, int width, int channels) {
  std::unique_ptr<Program>& program = programs_[{height, width}];
  if (program == nullptr) {
    if (programs_.size() > most_programs) {
      programs_.clear();
      return program_for(height, width, channels);
    }
    program = device_.compile(
        graph_, {.shape = {batch_, height, width, channels}, .loss = usual_loss(graph_), .noise = noise_});
  }
  return *program;
}

std::vector<float> TiledNetwork::operator()(std::span<const float> image, const Shape& shape) {
  if (image.size() != shape.sample_size())
    throw UsageError(fmt::format("got {} values for an image of {}", image.size(), to_string(shape)));
  std::map<std::pair<int, int>, std::vector<TilePlace>> tiles;  // by size
  for (const Stretch& rows : stretches(rounded_up(shape.h, stride_), side_, overlap_))
    for (const Stretch& columns : stretches(rounded_up(shape.w, stride_), side_, overlap_))
      tiles[{rows.end - rows.first, columns.end - columns.first}].push_back({rows, columns});

  std::vector<float> result(shape.sample_size()), in, out;
  for (const auto& [size, places] : tiles) {
    Program& program = program_for(size.first, size.second, shape.c);
    const std::size_t tile_size = Shape{1, size.first, size.second, shape.c}.sample_size();
    // A few blocks of images at a time, so that memory does not grow with the image.
    const auto at_once = static_cast<std::size_t>(4 * batch_);
    for (std::size_t first = 0; first < places.size(); first += at_once) {
      const auto here = std::span(places).subspan(first, std::min(at_once, places.size() - first));
      in.clear();
      for (const TilePlace& place : here) read_tile(image, shape, place, in);
      out.resize(in.size());
      program.predict(*state_, in, out);
      for (std::size_t i = 0; i < here.size(); ++i)
        write_tile(std::span(out).subspan(i * tile_size, tile_size), here[i], shape, result);
    }
  }
  return result;
}

}  // namespace dae
