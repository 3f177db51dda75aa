#include "tests/cusim/cudnn/operations.hpp"

#include <algorithm>

namespace cusim::cudnn {
namespace {

/// cuDNN's order is n, c, h, w.
Extent extent(const std::vector<std::int64_t>& v) { return {v.at(0), v.at(2), v.at(3), v.at(1)}; }

void require_supported(bool good, const char* text) { require(good, CUDNN_STATUS_NOT_SUPPORTED, text); }

bool all_are(const std::vector<std::int64_t>& values, std::int64_t wanted) {
  return std::ranges::all_of(values, [=](std::int64_t v) { return v == wanted; });
}

/// Checks the extents of x, filter and y against the padding.
Geometry convolution(const Backend& d, const Extent& x, const Extent& filter, const Extent& y) {
  const auto before = d.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS);
  const auto after = d.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS);
  require_supported(d.one<cudnnConvolutionMode_t>(CUDNN_ATTR_CONVOLUTION_CONV_MODE) == CUDNN_CROSS_CORRELATION &&
                        d.one<cudnnDataType_t>(CUDNN_ATTR_CONVOLUTION_COMP_TYPE) == CUDNN_DATA_FLOAT &&
                        all_are(d.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES), 1) &&
                        all_are(d.all<std::int64_t>(CUDNN_ATTR_CONVOLUTION_DILATIONS), 1),
                    "the fake knows cross-correlation with stride 1 in fp32 only");
  const bool fits = y.n == x.n && y.c == filter.n && x.c == filter.c &&
                    y.h == x.h + before[0] + after[0] - filter.h + 1 &&
                    y.w == x.w + before[1] + after[1] - filter.w + 1;
  require(fits, CUDNN_STATUS_BAD_PARAM, "extents of a convolution do not fit together");
  return {{before[0], before[1]}, {filter.h, filter.w}};
}

/// Checks the extents of x and of y, behind which there may be an index.
Geometry max_pool(const Backend& d, const Extent& x, const std::vector<Tensor>& outputs) {
  std::array<std::vector<std::int64_t>, 4> numbers;
  constexpr std::array names = {CUDNN_ATTR_RESAMPLE_WINDOW_DIMS, CUDNN_ATTR_RESAMPLE_STRIDES,
                                CUDNN_ATTR_RESAMPLE_PRE_PADDINGS, CUDNN_ATTR_RESAMPLE_POST_PADDINGS};
  for (std::size_t i = 0; i < names.size(); ++i)
    for (const cudnnFraction_t& f : d.all<cudnnFraction_t>(names[i])) {
      require_supported(f.denominator == 1, "a window of maxima has whole numbers");
      numbers[i].push_back(f.numerator);
    }
  const auto& [window, stride, before, after] = numbers;
  require_supported(d.one<cudnnResampleMode_t>(CUDNN_ATTR_RESAMPLE_MODE) == CUDNN_RESAMPLE_MAXPOOL &&
                        d.one<cudnnPaddingMode_t>(CUDNN_ATTR_RESAMPLE_PADDING_MODE) == CUDNN_NEG_INF_PAD &&
                        window == stride && all_are(before, 0),
                    "the fake knows maxima of windows side by side, padded with minus infinity, only");
  const Extent& y = outputs[0].dims;
  const bool fits = y.n == x.n && y.c == x.c && y.h == (x.h + after[0] - window[0]) / stride[0] + 1 &&
                    y.w == (x.w + after[1] - window[1]) / stride[1] + 1;
  require(fits, CUDNN_STATUS_BAD_PARAM, "extents of a pooling do not fit together");
  require(outputs.size() == 1 ||
              (outputs[1].type == CUDNN_DATA_INT8 && outputs[1].dims == y && window[0] * window[1] <= 128),
          CUDNN_STATUS_BAD_PARAM, "the index of a maximum is INT8, one for each window of at most 128 pixels");
  return {{0, 0}, {window[0], window[1]}};
}

}  // namespace

Tensor::Tensor(const Backend& backend)
    : uid(backend.one<std::int64_t>(CUDNN_ATTR_TENSOR_UNIQUE_ID)),
      alignment(backend.one<std::int64_t>(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT)),
      type(backend.one<cudnnDataType_t>(CUDNN_ATTR_TENSOR_DATA_TYPE)),
      dims(extent(backend.all<std::int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS))),
      strides(extent(backend.all<std::int64_t>(CUDNN_ATTR_TENSOR_STRIDES))),
      is_virtual(backend.has(CUDNN_ATTR_TENSOR_IS_VIRTUAL) && backend.one<bool>(CUDNN_ATTR_TENSOR_IS_VIRTUAL)) {}

std::size_t Tensor::element_bytes() const { return type == CUDNN_DATA_FLOAT ? 4 : type == CUDNN_DATA_BFLOAT16 ? 2 : 1; }

std::size_t Tensor::bytes() const {
  const std::int64_t last =
      (dims.n - 1) * strides.n + (dims.h - 1) * strides.h + (dims.w - 1) * strides.w + (dims.c - 1) * strides.c;
  return static_cast<std::size_t>(last + 1) * element_bytes();
}

Operation::Operation(const Backend& d) : kind(d.type) {
  const auto tensors = [&d](std::initializer_list<cudnnBackendAttributeName_t> names) {
    std::vector<Tensor> all;
    for (const auto name : names)
      if (d.has(name)) all.emplace_back(*d.part(name));
    return all;
  };
  const auto convolve = [&](cudnnBackendAttributeName_t alpha, cudnnBackendAttributeName_t beta,
                            cudnnBackendAttributeName_t how, const Tensor& x, const Tensor& filter, const Tensor& y) {
    require_supported(d.one<double>(alpha) == 1 && d.one<double>(beta) == 0, "the fake knows alpha 1 and beta 0 only");
    geometry = convolution(*d.part(how), x.dims, filter.dims, y.dims);
  };
  switch (kind) {
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR:
      reads = tensors({CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W});
      writes = tensors({CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y});
      convolve(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA,
               CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, reads[0], reads[1], writes[0]);
      break;
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR:
      reads = tensors({CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W});
      writes = tensors({CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX});
      convolve(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA,
               CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, writes[0], reads[1], reads[0]);
      break;
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR:
      reads = tensors({CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY});
      writes = tensors({CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW});
      convolve(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA,
               CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC, reads[0], writes[0], reads[1]);
      break;
    case CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR:
      reads = tensors({CUDNN_ATTR_OPERATION_POINTWISE_XDESC, CUDNN_ATTR_OPERATION_POINTWISE_BDESC});
      writes = tensors({CUDNN_ATTR_OPERATION_POINTWISE_YDESC});
      pointwise =
          d.part(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR)->one<cudnnPointwiseMode_t>(CUDNN_ATTR_POINTWISE_MODE);
      require_supported(pointwise == CUDNN_POINTWISE_ADD || pointwise == CUDNN_POINTWISE_RELU_FWD,
                        "the fake knows addition and ReLU only");
      require(reads.size() == (pointwise == CUDNN_POINTWISE_ADD ? 2 : 1), CUDNN_STATUS_BAD_PARAM,
              "a pointwise operation has too many or too few operands");
      require(reads[0].dims == writes[0].dims, CUDNN_STATUS_BAD_PARAM,
              "extents of a pointwise operation do not fit together");
      require_supported(reads.size() == 1 || reads[1].dims == Extent{1, 1, 1, writes[0].dims.c},
                        "the fake knows the addition of one number a channel only");
      break;
    case CUDNN_BACKEND_OPERATION_RESAMPLE_FWD_DESCRIPTOR:
      reads = tensors({CUDNN_ATTR_OPERATION_RESAMPLE_FWD_XDESC});
      writes = tensors({CUDNN_ATTR_OPERATION_RESAMPLE_FWD_YDESC, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_IDXDESC});
      geometry = max_pool(*d.part(CUDNN_ATTR_OPERATION_RESAMPLE_FWD_DESC), reads[0].dims, writes);
      break;
    case CUDNN_BACKEND_OPERATION_RESAMPLE_BWD_DESCRIPTOR:
      reads = tensors({CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DYDESC, CUDNN_ATTR_OPERATION_RESAMPLE_BWD_IDXDESC});
      writes = tensors({CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DXDESC});
      geometry = max_pool(*d.part(CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DESC), writes[0].dims, reads);
      break;
    default:
      throw Refusal(CUDNN_STATUS_NOT_SUPPORTED, "the fake does not know this operation");
  }
}

std::string Operation::name() const {
  static const std::map<cudnnBackendDescriptorType_t, const char*> names = {
      {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR, "convolution forward"},
      {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR, "convolution backward data"},
      {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR, "convolution backward filter"},
      {CUDNN_BACKEND_OPERATION_RESAMPLE_FWD_DESCRIPTOR, "max pool forward"},
      {CUDNN_BACKEND_OPERATION_RESAMPLE_BWD_DESCRIPTOR, "max pool backward"}};
  if (kind == CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR) return reads.size() == 2 ? "add" : "relu";
  return names.at(kind);
}

std::vector<Operation> operations_of(const Backend& graph) {
  std::vector<Operation> operations;
  std::map<std::int64_t, Tensor> made;  // by earlier operations
  for (const BackendPointer& part : graph.attributes.at(CUDNN_ATTR_OPERATIONGRAPH_OPS).parts) {
    const Operation& operation = operations.emplace_back(*part);
    for (const Tensor& tensor : operation.reads)
      require(!tensor.is_virtual || made.count(tensor.uid) != 0, CUDNN_STATUS_BAD_PARAM,
              "a virtual tensor is read before any operation makes it");
    for (const Tensor& tensor : operation.writes)
      require(made.emplace(tensor.uid, tensor).second, CUDNN_STATUS_BAD_PARAM, "two operations make one tensor");
  }
  return operations;
}

std::vector<Placed> placed_tensors(const std::vector<Operation>& operations) {
  std::vector<Placed> placed;
  for (const Operation& operation : operations)
    for (const bool written : {false, true})
      for (const Tensor& tensor : written ? operation.writes : operation.reads)
        if (!tensor.is_virtual) placed.push_back({tensor, written});
  return placed;
}

}  // namespace cusim::cudnn
