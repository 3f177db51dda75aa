#pragma once

#include <string>

#include "dae/graph.hpp"

/// \file
/// Graphs for tests. Those of tests/fixtures/parity come with their fixtures.
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

}  // namespace dae::fixture
