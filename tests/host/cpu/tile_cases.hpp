#pragma once

#include <string>
#include <vector>

#include "tests/support/graphs.hpp"

/// \file
/// Graphs and sizes for images in tiles.
namespace dae::test::tiles {

using fixture::Case;

inline Graph skips() {
  Graph graph = fixture::two_scales(9);
  const int both = static_cast<int>(graph.nodes.size()) - 1;
  const int map = graph.append(NoiseMap{}, {both});
  const int wide = graph.append(Concat{}, {both, map});
  graph.append(Conv2d{10}, {wide});
  const int conv = graph.append(Conv2d{10});
  graph.append(Subtract{}, {conv, conv - 1});
  graph.append(Conv2d{2});
  return graph;
}

inline std::vector<Case> cases() {
  constexpr auto valid = Padding::valid;
  std::vector<Case> all{
      {"halo in both directions", fixture::chain(Conv2d{5}, ReLU{}, Conv2d{2}), {1, 21, 19, 2}},
      {"kernels of every size", fixture::chain(Conv2d{3, 1}, Conv2d{3, 2}, Conv2d{3, 4}, Conv2d{3, 5}), {1, 32, 40, 2}},
      {"valid padding",
       fixture::chain(Conv2d{9, 3, valid}, ReLU{}, Conv2d{9, 3, valid}, Conv2d{2, 5, valid}),
       {1, 33, 30, 2}},
      {"Winograd with edges beyond the image",
       fixture::chain(Conv2d{8}, ReLU{}, Conv2d{9}, ReLU{}, Conv2d{8}),
       {1, 29, 35, 8}},
      {"pools",
       fixture::chain(Conv2d{8}, ReLU{}, MaxPool2d{2}, Conv2d{8}, ReLU{}, MaxPool2d{2}, Conv2d{1}),
       {1, 32, 28, 8}},
      {"partial windows",
       fixture::chain(Conv2d{4}, ReLU{}, MaxPool2d{2}, Conv2d{9}, ReLU{}, MaxPool2d{3}),
       {1, 27, 29, 2}},
      {"partial windows of any sign", fixture::chain(Conv2d{4}, MaxPool2d{2}, Conv2d{9}, MaxPool2d{2}), {1, 27, 29, 2}},
      {"upsamplings",
       fixture::chain(Upsample2d{2}, Conv2d{13}, ReLU{}, Upsample2d{3}, Conv2d{2}, Upsample2d{2}),
       {1, 13, 17, 3}},
      {"phases",
       fixture::chain(Upsample2d{2}, Conv2d{8, 5}, ReLU{}, Upsample2d{2}, Conv2d{3, 5, valid}),
       {1, 14, 12, 8}},
      {"space to depth and back",
       fixture::chain(SpaceToDepth{2}, Conv2d{12}, ReLU{}, Conv2d{12}, DepthToSpace{2}),
       {1, 38, 26, 3}},
      {"a vector between images",
       fixture::chain(Conv2d{8}, Flatten{}, Dense{9}, Dense{512}, Reshape{16, 16, 2}, Conv2d{2}),
       {1, 16, 16, 8}},
      {"a column", fixture::chain(Conv2d{8}, ReLU{}, Conv2d{3}), {1, 50, 1, 2}},
      {"a row", fixture::chain(Conv2d{8}, ReLU{}, Conv2d{3, 5}), {1, 1, 50, 2}},
      {"an inner sigmoid", fixture::chain(Conv2d{3}, Sigmoid{}, Conv2d{2}), {1, 21, 14, 2}},
      {"skips", skips(), {1, 22, 30, 3}}};
  for (const auto preset_name : {"conv-dae-32", "conv-dae-16"})
    all.push_back({preset_name, preset(preset_name), {1, 28, 28, 1}});
  for (const auto preset_name : {"dncnn-small", "ffdnet-small", "unet-small"})
    all.push_back({preset_name, preset(preset_name), {1, 40, 48, 1}});
  return all;
}

}  // namespace dae::test::tiles
