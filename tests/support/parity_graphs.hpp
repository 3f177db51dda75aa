#pragma once

#include <stdexcept>
#include <string>

#include "dae/graph.hpp"

/// \file
/// The graphs of tests/fixtures/parity, of which tools/reference/graphs.py declares the same, and what tests build
/// graphs with.
namespace dae::fixture {

template <typename... Ops>
Graph chain(Ops... ops) {
  Graph graph{"chain", {}};
  graph.append(Input{});
  (graph.append(ops), ...);
  return graph;
}

/// A graph and a shape to try it at.
struct Case {
  std::string name;
  Graph graph;
  Shape shape;
};

/// Two scales, the low one of `filters`, side by side with the input; the Concat is the last node.
inline Graph two_scales(int filters) {
  Graph graph = chain(Conv2d{3}, ReLU{}, MaxPool2d{2}, Conv2d{filters}, ReLU{}, Upsample2d{2});
  graph.append(Concat{}, {6, 2, 0});
  return graph;
}

inline Graph skips() {
  Graph graph = chain(Conv2d{3}, ReLU{});
  const int wide = graph.append(Conv2d{3}, {2});
  const int both = graph.append(Concat{}, {2, wide, 0});
  const int mixed = graph.append(Conv2d{3}, {both});
  const int total = graph.append(Add{}, {mixed, wide, 2});
  const int out = graph.append(Conv2d{2}, {total});
  graph.append(Subtract{}, {0, out});
  return graph;
}

inline Graph noise_map() {
  Graph graph = chain(Conv2d{2}, ReLU{}, NoiseMap{});
  graph.append(Concat{}, {2, 3});
  const int out = graph.append(Conv2d{2});
  graph.append(Subtract{}, {0, out});
  return graph;
}

inline Graph parity_graph(const std::string& name) {
  constexpr auto valid = Padding::valid;
  if (name.find("-dae") != std::string::npos || name.ends_with("-small")) return preset(name);
  if (name == "channels-flatten-dense") return chain(Conv2d{3}, Flatten{}, Dense{7});
  if (name == "reshape-conv") return chain(Flatten{}, Dense{30}, Reshape{2, 5, 3}, Conv2d{2});
  if (name == "partial-pools") return chain(MaxPool2d{2}, MaxPool2d{3});
  if (name == "odd-kernels") return chain(Conv2d{3, 4}, Conv2d{2, 5, valid}, Conv2d{3, 1}, Conv2d{1, 2});
  if (name == "upsamplings")
    return chain(Upsample2d{3}, Conv2d{2}, Upsample2d{2}, Conv2d{3, 5, valid}, Upsample2d{1}, Conv2d{2, 2});
  if (name == "skips" || name.starts_with("loss-") || name.starts_with("steps-")) return skips();
  if (name == "squares") return chain(SpaceToDepth{2}, Conv2d{9}, ReLU{}, DepthToSpace{3});
  if (name == "noise-map") return noise_map();
  if (name == "sigmoid-inside") return chain(Conv2d{2}, Sigmoid{}, Conv2d{2}, Sigmoid{});
  throw std::invalid_argument("no parity graph " + name);
}

}  // namespace dae::fixture
