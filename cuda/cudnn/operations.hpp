#pragma once

#include <cudnn_graph.h>

#include <cstdint>
#include <string>
#include <vector>

#include "cuda/cudnn/descriptor.hpp"
#include "cuda/runtime/element.hpp"

/// \file
/// The operation graphs that the engine runs, and nothing else. All tensors are channels-last; filters are stored
/// (filters, kernel, kernel, channels). `type` is the type of every tensor that lies in memory, sums are in fp32.
namespace dae::cuda::cudnn {

/// The type of a program's tensors.
constexpr cudnnDataType_t data_type(Element element) {
  return element == Element::f32 ? CUDNN_DATA_FLOAT : CUDNN_DATA_BFLOAT16;
}

/// A stride-1 cross-correlation. `before` and `after` are the padding above/left and below/right.
struct ConvShape {
  std::int64_t n = 1, height = 1, width = 1, channels = 1, filters = 1, kernel = 1, before = 0, after = 0;

  [[nodiscard]] std::int64_t out_height() const { return height + before + after - kernel + 1; }
  [[nodiscard]] std::int64_t out_width() const { return width + before + after - kernel + 1; }
};

/// Windows of size x size with stride `size`; the last ones may be partial.
struct PoolShape {
  std::int64_t n = 1, height = 1, width = 1, channels = 1, size = 2;

  [[nodiscard]] std::int64_t out_height() const { return (height + size - 1) / size; }
  [[nodiscard]] std::int64_t out_width() const { return (width + size - 1) / size; }
};

/// Names the tensors of a graph in a variant pack.
enum Uid : std::int64_t { kX = 1, kW = 2, kBias = 3, kY = 4, kDx = 5, kDw = 6, kDy = 7, kIndex = 8 };

/// Which pointwise operations follow a convolution inside the same graph.
enum class Epilogue { none, bias, bias_relu };

/// A tensor that a graph reads or writes in memory.
struct GraphTensor {
  std::int64_t uid = 0;
  std::size_t bytes = 0;
};

/// A finished operation graph; `key` says in one line what it computes and is unique for it.
struct OperationGraph {
  std::string key;
  Descriptor graph;
  std::vector<GraphTensor> tensors;
};

/// y = conv(x, w) (+ bias, + ReLU). Tensors kX, kW, kBias (1, 1, 1, filters), kY.
OperationGraph conv_forward(const ConvShape&, cudnnDataType_t type, Epilogue);
/// dx from dy and w. Tensors kDy, kW, kDx.
OperationGraph conv_backward_data(const ConvShape&, cudnnDataType_t type);
/// dw from x and dy. Tensors kX, kDy, kDw.
OperationGraph conv_backward_filter(const ConvShape&, cudnnDataType_t type);
/// y = maximum of each window; with `index` also its row-major position in the window as INT8, the first one on ties.
/// Tensors kX, kY, kIndex.
OperationGraph max_pool_forward(const PoolShape&, cudnnDataType_t type, bool index);
/// dx from dy and the index of the forward pass. Tensors kDy, kIndex, kDx.
OperationGraph max_pool_backward(const PoolShape&, cudnnDataType_t type);

}  // namespace dae::cuda::cudnn
