#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

/// \file
/// Reads what tools/reference/make_fixtures.py wrote, and derives the weights and images that it did not write.
namespace dae::fixture {

inline nlohmann::json read(const std::string& name) {
  std::ifstream file(std::string(DAE_FIXTURES) + "/" + name);
  if (!file) throw std::runtime_error("no fixture " + name);
  return nlohmann::json::parse(file);
}

/// Streams of hashed(), as in tools/reference/hashed.py. Weights and projections count on, one a tensor.
enum : std::uint32_t { weights = 0, input = 64, target = 65, projection = 128, streams_per_salt = 1024 };

/// Element `index` of a stream: a multiple of 2^-24 in [0, 1), the same in C++ and Python.
inline double hashed(std::uint32_t salt, std::uint32_t stream, std::size_t index) {
  std::uint32_t x = static_cast<std::uint32_t>(index) + (salt * streams_per_salt + stream) * 0x9E3779B9u;
  x = (x ^ (x >> 16)) * 0x7FEB352Du;
  x = (x ^ (x >> 15)) * 0x846CA68Bu;
  return static_cast<double>((x ^ (x >> 16)) >> 8) * 0x1p-24;
}

/// Images or targets in host order, values in [0, 1).
inline std::vector<float> image(std::uint32_t salt, std::uint32_t stream, std::size_t size) {
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<float>(hashed(salt, stream, i));
  return values;
}

/// Value of a parameter: Glorot's range for weights, +-0.1 for biases (fans 0).
inline float weight(std::uint32_t salt, std::size_t tensor, std::size_t index, int fan_in, int fan_out) {
  const double limit = fan_in ? std::sqrt(6.0 / (fan_in + fan_out)) : 0.1;
  return static_cast<float>((2 * hashed(salt, weights + static_cast<std::uint32_t>(tensor), index) - 1) * limit);
}

/// The part of a tensor that a fixture keeps: its norm, its product with a hashed vector, and up to 256 elements spread
/// evenly.
struct Digest {
  double norm, product;
  std::vector<float> elements;

  explicit Digest(const nlohmann::json& j)
      : norm(j.at("norm")), product(j.at("projection")), elements(j.at("elements").get<std::vector<float>>()) {}

  /// Index in the whole tensor of kept element j.
  [[nodiscard]] std::size_t index(std::size_t j, std::size_t size) const { return j * size / elements.size(); }
};

/// sum of values[i] times the hashed vector that the digest of tensor `tensor` was made with.
template <typename Values>
double project(const Values& values, std::uint32_t salt, std::size_t tensor) {
  double sum = 0;
  const auto stream = projection + static_cast<std::uint32_t>(tensor);
  for (std::size_t i = 0; i < values.size(); ++i)
    sum += (2 * hashed(salt, stream, i) - 1) * static_cast<double>(values[i]);
  return sum;
}

}  // namespace dae::fixture
