#pragma once

#include <string>
#include <vector>

#include "dae/graph.hpp"

namespace dae::plans {

/// Which layers a process plans: with a libcuda that only pretends, pooling can be planned but convolutions crash, and
/// without one it is the other way round.
enum class Part { convolutions, pooling };

/// One layer of a preset as a graph of its own: input, the layer, and the ReLU behind it where there is one.
struct SingleLayer {
  std::string name;  ///< "conv-dae-32 conv2d_1".
  Graph graph;
  Shape in;
};

/// Every layer of every preset that cuDNN runs, at MNIST's size.
std::vector<SingleLayer> single_layers(Part part, int batch);

}  // namespace dae::plans
