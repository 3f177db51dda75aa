#include "cuda/cudnn/operations.hpp"

#include <fmt/format.h>

#include <array>

namespace dae::cuda::cudnn {
namespace {

/// Tensors start on 256-byte boundaries of the arena; 16 bytes is what vector loads need, and what engines ask for.
constexpr std::int64_t kAlignment = 16;

struct Dims {
  std::int64_t n, c, h, w;
};

struct Tensor {
  Descriptor descriptor;
  GraphTensor memory;  // uid 0 for a virtual tensor, which never lies in memory
};

std::size_t size_of(cudnnDataType_t type) { return type == CUDNN_DATA_FLOAT ? 4 : type == CUDNN_DATA_BFLOAT16 ? 2 : 1; }

Tensor tensor(std::int64_t uid, const Dims& dims, cudnnDataType_t type, bool in_memory = true) {
  const std::array<std::int64_t, 4> extents = {dims.n, dims.c, dims.h, dims.w};
  const std::array<std::int64_t, 4> strides = {dims.h * dims.w * dims.c, 1, dims.w * dims.c, dims.c};
  Descriptor d(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  d.set(CUDNN_ATTR_TENSOR_DATA_TYPE, type)
      .set_all<std::int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS, extents)
      .set_all<std::int64_t>(CUDNN_ATTR_TENSOR_STRIDES, strides)
      .set(CUDNN_ATTR_TENSOR_UNIQUE_ID, uid)
      .set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, kAlignment)
      .set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, !in_memory);
  const std::size_t bytes = static_cast<std::size_t>(dims.n * dims.c * dims.h * dims.w) * size_of(type);
  return {std::move(d).finalize(), {in_memory ? uid : 0, bytes}};
}

Tensor virtual_tensor(std::int64_t uid, const Dims& dims) { return tensor(uid, dims, CUDNN_DATA_FLOAT, false); }

Dims input_of(const ConvShape& s) { return {s.n, s.channels, s.height, s.width}; }
Dims output_of(const ConvShape& s) { return {s.n, s.filters, s.out_height(), s.out_width()}; }
Dims filter_of(const ConvShape& s) { return {s.filters, s.channels, s.kernel, s.kernel}; }
Dims input_of(const PoolShape& s) { return {s.n, s.channels, s.height, s.width}; }
Dims output_of(const PoolShape& s) { return {s.n, s.channels, s.out_height(), s.out_width()}; }

Descriptor convolution(const ConvShape& s) {
  const std::array<std::int64_t, 2> before = {s.before, s.before}, after = {s.after, s.after}, ones = {1, 1};
  Descriptor d(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  d.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, std::int64_t{2})
      .set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_DATA_FLOAT)
      .set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_CROSS_CORRELATION)
      .set_all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, before)
      .set_all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, after)
      .set_all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_DILATIONS, ones)
      .set_all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, ones);
  return std::move(d).finalize();
}

/// The three convolution operations differ in their attributes' names only.
struct ConvAttributes {
  cudnnBackendDescriptorType_t operation;
  cudnnBackendAttributeName_t first, filter, last, convolution, alpha, beta;
};
constexpr ConvAttributes kForward = {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
                                     CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
                                     CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
                                     CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
                                     CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
                                     CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
                                     CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA};
constexpr ConvAttributes kBackwardData = {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
                                          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
                                          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
                                          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
                                          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
                                          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
                                          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA};
constexpr ConvAttributes kBackwardFilter = {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
                                            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
                                            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
                                            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY,
                                            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
                                            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
                                            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA};

/// `first` is x or dx, `last` is y or dy.
Descriptor conv_operation(const ConvAttributes& names, const ConvShape& shape, const Tensor& first,
                          const Tensor& filter, const Tensor& last) {
  Descriptor d(names.operation);
  d.refer(names.first, first.descriptor).refer(names.filter, filter.descriptor).refer(names.last, last.descriptor);
  d.own(names.convolution, convolution(shape)).set(names.alpha, 1.0).set(names.beta, 0.0);
  return std::move(d).finalize();
}

Descriptor pointwise(cudnnPointwiseMode_t mode, const Tensor& x, const Tensor* b, const Tensor& y) {
  Descriptor math(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
  math.set(CUDNN_ATTR_POINTWISE_MODE, mode).set(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_DATA_FLOAT);
  Descriptor d(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
  d.own(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, std::move(math).finalize());
  d.refer(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, x.descriptor);
  d.refer(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y.descriptor);
  if (b != nullptr) d.refer(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, b->descriptor);
  return std::move(d).finalize();
}

Descriptor max_pool(const PoolShape& s) {
  const std::array<cudnnFraction_t, 2> window = {{{s.size, 1}, {s.size, 1}}}, zero = {{{0, 1}, {0, 1}}};
  const std::array<cudnnFraction_t, 2> after = {
      {{s.out_height() * s.size - s.height, 1}, {s.out_width() * s.size - s.width, 1}}};
  Descriptor d(CUDNN_BACKEND_RESAMPLE_DESCRIPTOR);
  d.set(CUDNN_ATTR_RESAMPLE_MODE, CUDNN_RESAMPLE_MAXPOOL)
      .set(CUDNN_ATTR_RESAMPLE_COMP_TYPE, CUDNN_DATA_FLOAT)
      .set(CUDNN_ATTR_RESAMPLE_PADDING_MODE, CUDNN_NEG_INF_PAD)
      .set(CUDNN_ATTR_RESAMPLE_SPATIAL_DIMS, std::int64_t{2})
      .set_all<cudnnFraction_t>(CUDNN_ATTR_RESAMPLE_WINDOW_DIMS, window)
      .set_all<cudnnFraction_t>(CUDNN_ATTR_RESAMPLE_STRIDES, window)
      .set_all<cudnnFraction_t>(CUDNN_ATTR_RESAMPLE_PRE_PADDINGS, zero)
      .set_all<cudnnFraction_t>(CUDNN_ATTR_RESAMPLE_POST_PADDINGS, after);
  return std::move(d).finalize();
}

/// The operations refer to the tensors; the graph keeps both alive.
OperationGraph make_graph(std::string key, std::vector<Descriptor> operations, std::vector<Tensor> tensors) {
  Descriptor d(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  d.own_all(CUDNN_ATTR_OPERATIONGRAPH_OPS, std::move(operations));
  std::vector<GraphTensor> in_memory;
  for (Tensor& t : tensors) {
    if (t.memory.uid != 0) in_memory.push_back(t.memory);
    d.keep(std::move(t.descriptor));
  }
  return {std::move(key), std::move(d).finalize(), std::move(in_memory)};
}

std::string text(cudnnDataType_t type) { return type == CUDNN_DATA_FLOAT ? "fp32" : "bf16"; }

std::string text(const ConvShape& s) {
  return fmt::format("{}x{}x{}x{} k{} f{} p{},{}", s.n, s.height, s.width, s.channels, s.kernel, s.filters, s.before,
                     s.after);
}

std::string text(const PoolShape& s) {
  return fmt::format("{}x{}x{}x{} s{}", s.n, s.height, s.width, s.channels, s.size);
}

/// Vectors of move-only things cannot be written as initializer lists.
template <class First, class... Rest>
std::vector<First> list(First first, Rest... rest) {
  std::vector<First> all;
  all.push_back(std::move(first));
  (all.push_back(std::move(rest)), ...);
  return all;
}

}  // namespace

OperationGraph conv_forward(const ConvShape& s, cudnnDataType_t type, Epilogue epilogue) {
  constexpr std::int64_t kSum = 100, kBiased = 101;
  const bool bias = epilogue != Epilogue::none, relu = epilogue == Epilogue::bias_relu;
  enum { x, w, y, b, sum, biased };
  auto t = list(tensor(kX, input_of(s), type), tensor(kW, filter_of(s), type), tensor(kY, output_of(s), type));
  std::vector<Descriptor> operations;
  if (bias) {
    t.push_back(tensor(kBias, {1, s.filters, 1, 1}, type));
    t.push_back(virtual_tensor(kSum, output_of(s)));
    if (relu) t.push_back(virtual_tensor(kBiased, output_of(s)));
  }
  operations.push_back(conv_operation(kForward, s, t[x], t[w], bias ? t[sum] : t[y]));
  if (bias) operations.push_back(pointwise(CUDNN_POINTWISE_ADD, t[sum], &t[b], relu ? t[biased] : t[y]));
  if (relu) operations.push_back(pointwise(CUDNN_POINTWISE_RELU_FWD, t[biased], nullptr, t[y]));
  return make_graph(
      fmt::format("conv forward{}{} {} {}", bias ? " bias" : "", relu ? " relu" : "", text(s), text(type)),
      std::move(operations), std::move(t));
}

OperationGraph conv_backward_data(const ConvShape& s, cudnnDataType_t type) {
  auto tensors = list(tensor(kDx, input_of(s), type), tensor(kW, filter_of(s), type), tensor(kDy, output_of(s), type));
  auto operations = list(conv_operation(kBackwardData, s, tensors[0], tensors[1], tensors[2]));
  return make_graph(fmt::format("conv backward data {} {}", text(s), text(type)), std::move(operations),
                    std::move(tensors));
}

OperationGraph conv_backward_filter(const ConvShape& s, cudnnDataType_t type) {
  auto tensors = list(tensor(kX, input_of(s), type), tensor(kDw, filter_of(s), type), tensor(kDy, output_of(s), type));
  auto operations = list(conv_operation(kBackwardFilter, s, tensors[0], tensors[1], tensors[2]));
  return make_graph(fmt::format("conv backward filter {} {}", text(s), text(type)), std::move(operations),
                    std::move(tensors));
}

OperationGraph max_pool_forward(const PoolShape& s, cudnnDataType_t type, bool index) {
  auto tensors = list(tensor(kX, input_of(s), type), tensor(kY, output_of(s), type));
  if (index) tensors.push_back(tensor(kIndex, output_of(s), CUDNN_DATA_INT8));
  Descriptor d(CUDNN_BACKEND_OPERATION_RESAMPLE_FWD_DESCRIPTOR);
  d.own(CUDNN_ATTR_OPERATION_RESAMPLE_FWD_DESC, max_pool(s));
  d.refer(CUDNN_ATTR_OPERATION_RESAMPLE_FWD_XDESC, tensors[0].descriptor)
      .refer(CUDNN_ATTR_OPERATION_RESAMPLE_FWD_YDESC, tensors[1].descriptor);
  if (index) d.refer(CUDNN_ATTR_OPERATION_RESAMPLE_FWD_IDXDESC, tensors[2].descriptor);
  return make_graph(fmt::format("max pool forward{} {} {}", index ? " index" : "", text(s), text(type)),
                    list(std::move(d).finalize()), std::move(tensors));
}

OperationGraph max_pool_backward(const PoolShape& s, cudnnDataType_t type) {
  auto tensors = list(tensor(kDx, input_of(s), type), tensor(kDy, output_of(s), type),
                      tensor(kIndex, output_of(s), CUDNN_DATA_INT8));
  Descriptor d(CUDNN_BACKEND_OPERATION_RESAMPLE_BWD_DESCRIPTOR);
  d.own(CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DESC, max_pool(s));
  d.refer(CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DXDESC, tensors[0].descriptor)
      .refer(CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DYDESC, tensors[1].descriptor)
      .refer(CUDNN_ATTR_OPERATION_RESAMPLE_BWD_IDXDESC, tensors[2].descriptor);
  return make_graph(fmt::format("max pool backward {} {}", text(s), text(type)), list(std::move(d).finalize()),
                    std::move(tensors));
}

}  // namespace dae::cuda::cudnn
