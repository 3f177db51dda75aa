#include "host/graph/photo_presets.hpp"

namespace dae {
namespace {

Graph start(const char* name, int channels) {
  Graph graph{channels == 1 ? name : std::string(name) + "-colour", {}};
  graph.append(Input{});
  return graph;
}

int conv_relu(Graph& graph, int filters) {
  graph.append(Conv2d{filters});
  return graph.append(ReLU{});
}

/// The input without what the last node holds.
Graph without_noise(Graph graph) {
  const int noise = static_cast<int>(graph.nodes.size()) - 1;
  graph.append(Subtract{}, {0, noise});
  return graph;
}

/// `convolutions` in all, the last one to `out` channels and without a ReLU.
void body(Graph& graph, int convolutions, int filters, int out) {
  for (int i = 1; i < convolutions; ++i) conv_relu(graph, filters);
  graph.append(Conv2d{out});
}

}  // namespace

Graph dncnn(int channels) {
  Graph graph = start("dncnn", channels);
  body(graph, 17, 64, channels);
  return without_noise(std::move(graph));
}

Graph dncnn_small(int channels) {
  Graph graph = start("dncnn-small", channels);
  body(graph, 8, 32, channels);
  return without_noise(std::move(graph));
}

Graph ffdnet_small(int channels) {
  Graph graph = start("ffdnet-small", channels);
  const int squares = graph.append(SpaceToDepth{2});
  const int map = graph.append(NoiseMap{});
  graph.append(Concat{}, {squares, map});
  body(graph, 8, 64, 4 * channels);
  graph.append(DepthToSpace{2});
  return without_noise(std::move(graph));
}

Graph unet_small(int channels) {
  Graph graph = start("unet-small", channels);
  const int fine = conv_relu(graph, 16);
  graph.append(MaxPool2d{2});
  conv_relu(graph, 32);
  const int middle = conv_relu(graph, 32);
  graph.append(MaxPool2d{2});
  conv_relu(graph, 64);
  conv_relu(graph, 64);
  const int from_coarse = graph.append(Upsample2d{2});
  graph.append(Concat{}, {middle, from_coarse});
  conv_relu(graph, 32);
  conv_relu(graph, 32);
  const int from_middle = graph.append(Upsample2d{2});
  graph.append(Concat{}, {fine, from_middle});
  conv_relu(graph, 16);
  graph.append(Conv2d{channels});
  return without_noise(std::move(graph));
}

}  // namespace dae
