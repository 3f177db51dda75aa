#include "tests/support/layer_cases.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dae::test {
namespace {

using fixture::chain;
constexpr auto valid = Padding::valid;

Graph residual() {
  Graph graph = chain(Conv2d{4}, ReLU{}, Conv2d{2});
  graph.append(Subtract{}, {0, 3});
  return graph;
}

Graph skips() {
  Graph graph = fixture::two_scales(4);
  graph.append(Conv2d{3});
  const int relu = graph.append(ReLU{});
  graph.append(Add{}, {relu, 2, relu});
  graph.append(Conv2d{2});
  return graph;
}

Graph repeated() {
  Graph graph = chain(Conv2d{3});
  graph.append(Add{}, {1, 1, 1});
  graph.append(Concat{}, {2, 2});
  graph.append(Subtract{}, {3, 3});
  graph.append(Conv2d{1});
  return graph;
}

/// A convolution whose result is read before and after its ReLU: nothing may be fused.
Graph shared_relu() {
  Graph graph = chain(Conv2d{3}, ReLU{});
  graph.append(Add{}, {1, 2});
  graph.append(MaxPool2d{2});
  return graph;
}

/// A noise map beside the pixels; it is the last reader, then the first reader, of the value before.
Graph map_of_noise(bool map_first) {
  Graph graph = chain(SpaceToDepth{2}, Conv2d{3});
  if (!map_first) graph.append(Conv2d{2}, {2});
  const int map = graph.append(NoiseMap{}, {2});
  const int wide = map_first ? graph.append(Conv2d{2}, {2}) : map - 1;
  graph.append(Concat{}, {wide, map});
  graph.append(Conv2d{4});
  return graph;
}

/// The input read by several layers, the upsampled image by two.
Graph many_readers() {
  Graph graph = chain(Upsample2d{2}, Conv2d{3});
  const int other = graph.append(Conv2d{3, 5}, {1});
  const int pooled = graph.append(MaxPool2d{2}, {2});
  const int up = graph.append(Upsample2d{2}, {pooled});
  const int sum = graph.append(Add{}, {up, other, 2});
  const int back = graph.append(MaxPool2d{2}, {sum});
  const int both = graph.append(Concat{}, {0, back});
  graph.append(Conv2d{2, 1}, {both});
  return graph;
}

}  // namespace

std::vector<fixture::Case> layer_cases() {
  std::vector<fixture::Case> cases;
  const auto add = [&](std::string name, Graph graph, Shape shape) {
    cases.push_back({std::move(name), std::move(graph), shape});
  };
  for (const int kernel : {1, 2, 3, 4, 5})
    for (const int channels : {1, 3, 5}) {
      add(fmt::format("conv {} same, {} channels", kernel, channels), chain(Conv2d{channels, kernel}), {3, 6, 7, 2});
      add(fmt::format("conv {} valid, {} channels", kernel, channels), chain(Conv2d{channels, kernel, valid}),
          {2, 7, 6, channels});
    }
  add("conv to 17 channels", chain(Conv2d{17}), {2, 5, 4, 3});
  add("conv from 17 channels", chain(Conv2d{2}), {2, 5, 4, 17});
  add("conv of one pixel", chain(Conv2d{3}), {2, 1, 1, 2});
  add("conv of one row", chain(Conv2d{3, 5}), {2, 1, 9, 2});
  add("conv of a vector after dense", chain(Dense{5}, Conv2d{3}), {2, 1, 1, 4});
  add("conv of a vector, reshaped", chain(Conv2d{6}, Reshape{3, 2, 1}, Conv2d{2}), {2, 1, 1, 4});
  add("wide conv", chain(Conv2d{4}), {2, 3, 31, 3});
  add("conv relu", chain(Conv2d{5}, ReLU{}), {3, 6, 5, 3});
  add("conv relu pool", chain(Conv2d{5}, ReLU{}, MaxPool2d{2}), {3, 6, 8, 3});
  add("conv relu pool of odd size", chain(Conv2d{4}, ReLU{}, MaxPool2d{2}, Conv2d{2}), {3, 7, 5, 3});
  add("conv relu pool 3", chain(Conv2d{4}, ReLU{}, MaxPool2d{3}, Conv2d{2}), {3, 7, 8, 3});
  add("conv pool", chain(Conv2d{4}, MaxPool2d{2}, Conv2d{3}), {3, 6, 8, 3});
  add("pool 2", chain(MaxPool2d{2}), {3, 7, 6, 2});
  add("pool 3", chain(MaxPool2d{3}), {3, 7, 8, 2});
  add("pool 1", chain(MaxPool2d{1}), {3, 3, 2, 2});
  add("pool larger than the image", chain(MaxPool2d{9}), {3, 3, 2, 2});
  add("upsample 2", chain(Upsample2d{2}), {3, 3, 4, 2});
  add("upsample 3", chain(Upsample2d{3}), {3, 3, 2, 2});
  for (const int kernel : {1, 2, 3, 4, 5})
    for (const auto padding : {Padding::same, valid}) {
      const char* name = padding == valid ? "valid" : "same";
      add(fmt::format("upsample 2, conv {} {}", kernel, name), chain(Upsample2d{2}, Conv2d{5, kernel, padding}),
          {3, 5, 4, 3});
      add(fmt::format("upsample 3, conv {} {}", kernel, name), chain(Upsample2d{3}, Conv2d{2, kernel, padding}),
          {3, 3, 4, 3});
    }
  add("upsample 4, conv 5", chain(Upsample2d{4}, Conv2d{3, 5}, ReLU{}), {2, 2, 3, 3});
  add("upsample 2, conv 5 of many channels",
      chain(Conv2d{8}, Upsample2d{2}, Conv2d{8, 5, valid}, ReLU{}, Upsample2d{1}, Conv2d{1}), {2, 5, 4, 8});
  add("upsample 2, conv 5 of many channels on more pixels", chain(Upsample2d{2}, Conv2d{9, 5, valid}, ReLU{}),
      {1, 11, 13, 8});
  add("upsample 1", chain(Upsample2d{1}), {3, 3, 4, 2});
  add("pool 1 of a conv", chain(Conv2d{3}, ReLU{}, MaxPool2d{1}), {3, 3, 4, 2});
  add("conv relu upsample conv relu", chain(Conv2d{6}, ReLU{}, Upsample2d{2}, Conv2d{5}, ReLU{}), {3, 5, 4, 3});
  // So many channels on both sides: Winograd's transforms, with tiles that stick out and several runs of tiles.
  const auto many = [](int height, int width) { return std::min(height, width) < 9 ? 16 : 8; };
  for (const auto padding : {Padding::same, valid})
    for (const auto& [height, width] :
         {std::pair{4, 6}, std::pair{7, 5}, std::pair{2, 3}, std::pair{3, 13}, std::pair{9, 10}, std::pair{20, 22}})
      add(fmt::format("conv of many channels on {}x{}, {}", height, width, padding == valid ? "valid" : "same"),
          chain(Conv2d{many(height, width) + 1, 3, padding}, ReLU{}), {2, height + 2, width + 2, many(height, width)});
  for (const auto& [height, width] : {std::pair{6, 8}, std::pair{7, 5}, std::pair{1, 2}, std::pair{9, 14}})
    add(fmt::format("conv relu pool of many channels on {}x{}", height, width),
        chain(Conv2d{many(height, width) + 1}, ReLU{}, MaxPool2d{2}, Conv2d{16}, ReLU{}, MaxPool2d{2}, Conv2d{1}),
        {2, height, width, many(height, width)});
  add("conv from 33 to 18 channels", chain(Conv2d{18}), {1, 5, 6, 33});
  add("upsample conv of many channels", chain(Upsample2d{2}, Conv2d{18}, ReLU{}), {1, 5, 9, 17});
  add("upsample conv to one channel", chain(Upsample2d{2}, Conv2d{1}), {1, 3, 4, 17});
  add("dense", chain(Dense{5}), {3, 1, 1, 7});
  add("dense relu", chain(Dense{19}, ReLU{}, Dense{33}), {3, 1, 1, 37});
  add("dense wide", chain(Dense{200}), {3, 1, 1, 150});
  add("flatten dense", chain(Flatten{}, Dense{4}), {3, 3, 2, 3});
  add("conv flatten dense", chain(Conv2d{3}, ReLU{}, Flatten{}, Dense{4}), {3, 3, 2, 3});
  add("reshape conv", chain(Dense{30}, ReLU{}, Reshape{2, 5, 3}, Conv2d{2}), {3, 1, 1, 4});
  add("relu", chain(ReLU{}), {3, 3, 2, 3});
  add("space to depth", chain(SpaceToDepth{2}), {3, 4, 6, 2});
  add("space to depth 3", chain(Conv2d{2}, SpaceToDepth{3}, Conv2d{2}), {2, 6, 3, 2});
  add("space to depth 1", chain(Conv2d{2}, SpaceToDepth{1}), {2, 3, 3, 2});
  add("depth to space", chain(DepthToSpace{2}), {3, 2, 3, 8});
  add("depth to space 3", chain(Conv2d{18}, ReLU{}, DepthToSpace{3}, Conv2d{2}), {2, 2, 3, 2});
  add("there and back", chain(SpaceToDepth{2}, Conv2d{12}, DepthToSpace{2}), {2, 4, 4, 3});
  add("noise map", chain(Conv2d{2}, NoiseMap{}, Conv2d{2}), {2, 4, 3, 3});
  add("sigmoid", chain(Sigmoid{}), {3, 3, 2, 3});
  add("conv sigmoid conv", chain(Conv2d{3}, Sigmoid{}, Conv2d{2}), {3, 4, 5, 2});
  return cases;
}

std::vector<fixture::Case> branching_cases() {
  const Shape shape{3, 6, 4, 2};
  return {{"residual", residual(), shape},
          {"skips", skips(), shape},
          {"repeated", repeated(), shape},
          {"shared relu", shared_relu(), shape},
          {"many readers", many_readers(), shape},
          {"noise map last", map_of_noise(false), shape},
          {"noise map first", map_of_noise(true), shape}};
}

}  // namespace dae::test
