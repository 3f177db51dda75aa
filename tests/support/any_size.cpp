#include "tests/support/any_size.hpp"

#include <fmt/format.h>

#include "host/checkpoint/checkpoint.hpp"

std::filesystem::path any_size(const TempFolder& folder, float part) {
  dae::Checkpoint network;
  network.graph = {"tenth", {}};
  network.graph.append(dae::Input{});
  network.graph.append(dae::Conv2d{1});
  network.sample = {1, 28, 28, 1};
  network.noise.parts = {dae::Gaussian{}};
  network.weights = {0, 0, 0, 0, part, 0, 0, 0, 0, 0};
  const std::filesystem::path path = folder / fmt::format("any-{}.safetensors", part);
  save_checkpoint(path, network);
  return path;
}

dae::Picture striped(int height, int width, int channels) {
  dae::Picture picture{{1, height, width, channels}, std::vector<std::uint8_t>()};
  auto& pixels = std::get<0>(picture.pixels);
  for (std::size_t i = 0; i < picture.shape.size(); ++i) pixels.push_back(static_cast<std::uint8_t>(i * 7 % 251));
  return picture;
}
