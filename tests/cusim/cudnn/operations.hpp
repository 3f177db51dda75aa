#pragma once

#include <array>
#include <optional>

#include "tests/cusim/cudnn/backend.hpp"

/// \file
/// The meaning of a graph's operations, read off their descriptors, and the engines that compute them.
namespace cusim::cudnn {

/// n, height, width, channels.
struct Extent {
  std::int64_t n = 0, h = 0, w = 0, c = 0;
  friend bool operator==(const Extent&, const Extent&) = default;
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(n * h * w * c); }
};

struct Tensor {
  std::int64_t uid = 0, alignment = 0;
  cudnnDataType_t type{};
  Extent dims, strides;
  bool is_virtual = false;

  explicit Tensor(const Backend& backend);
  [[nodiscard]] std::size_t element_bytes() const;
  /// From its first element to the end of its last.
  [[nodiscard]] std::size_t bytes() const;
};

/// Padding before rows and columns of a convolution; window (height, width) of a pooling, whose strides are the same.
struct Geometry {
  std::array<std::int64_t, 2> before{}, window{};
};

struct Operation {
  cudnnBackendDescriptorType_t kind{};
  cudnnPointwiseMode_t pointwise{};
  Geometry geometry;
  std::vector<Tensor> reads, writes;  // x w -> y, dy w -> dx, x dy -> dw, x (b) -> y, x -> y (index), dy index -> dx

  /// Throws Refusal for what does not fit together or what no engine computes.
  explicit Operation(const Backend& backend);
  /// "convolution forward".
  [[nodiscard]] std::string name() const;
};

/// The operations of a graph in order. Throws Refusal.
std::vector<Operation> operations_of(const Backend& graph);

/// The tensors of a graph that lie in memory; `written` tells outputs.
struct Placed {
  Tensor tensor;
  bool written;
};
std::vector<Placed> placed_tensors(const std::vector<Operation>& operations);

/// One of the ways in which the fake computes a graph. Each kind of note that the engine filters by has one, so that a
/// wrong choice shows in the numbers.
struct Engine {
  std::int64_t index = 0;
  std::vector<cudnnBackendNumericalNote_t> notes;
  std::int64_t workspace = 0;
  bool backward_only = false;
  bool refuses = false;          // offered by the heuristic, but its plans cannot be finalized
  bool compiles = false;         // when its plans are finalized
  bool pools = false;            // instead of convolving
  double milliseconds = 1e-3;    // of the clock, on the device, for each 4 KB of tensors
  double host_milliseconds = 0;  // of the clock, in each execution that is not replayed

  [[nodiscard]] bool noted(cudnnBackendNumericalNote_t note) const;
};

/// Throws Refusal for an index that no engine has.
const Engine& engine_of(std::int64_t index);

}  // namespace cusim::cudnn
