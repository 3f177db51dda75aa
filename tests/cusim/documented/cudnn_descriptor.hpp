#pragma once

#include <cudnn_graph.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/catch.hpp"

/// \file
/// cuDNN's backend descriptors as bare as a test of them wants them, and a convolution of them.
namespace documented {

class Descriptor {
 public:
  explicit Descriptor(cudnnBackendDescriptorType_t type) {
    REQUIRE(cudnnBackendCreateDescriptor(type, &raw_) == CUDNN_STATUS_SUCCESS);
  }
  Descriptor(Descriptor&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Descriptor() {
    if (raw_ != nullptr) cudnnBackendDestroyDescriptor(raw_);
  }
  [[nodiscard]] cudnnBackendDescriptor_t raw() const { return raw_; }

  template <class T>
  cudnnStatus_t set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, const std::vector<T>& values) {
    return cudnnBackendSetAttribute(raw_, name, type, static_cast<std::int64_t>(values.size()), values.data());
  }
  cudnnStatus_t refer(cudnnBackendAttributeName_t name, const Descriptor& other) {
    return set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, std::vector{other.raw_});
  }
  cudnnStatus_t count(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t& found) {
    return cudnnBackendGetAttribute(raw_, name, type, 0, &found, nullptr);
  }
  template <class T>
  cudnnStatus_t get(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::vector<T>& values) {
    std::int64_t found = -1;
    const auto status =
        cudnnBackendGetAttribute(raw_, name, type, static_cast<std::int64_t>(values.size()), &found, values.data());
    if (status == CUDNN_STATUS_SUCCESS) values.resize(static_cast<std::size_t>(found));
    return status;
  }
  /// Fills descriptors that exist with those of an attribute.
  cudnnStatus_t fill(cudnnBackendAttributeName_t name, Descriptor& other) {
    std::vector raw{other.raw_};
    return get(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, raw);
  }
  cudnnStatus_t fill_all(cudnnBackendAttributeName_t name, const std::vector<Descriptor>& others) {
    std::vector<cudnnBackendDescriptor_t> raw;
    for (const Descriptor& other : others) raw.push_back(other.raw_);
    return get(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, raw);
  }
  cudnnStatus_t finalize() { return cudnnBackendFinalize(raw_); }

 private:
  cudnnBackendDescriptor_t raw_ = nullptr;
};

using Numbers = std::vector<std::int64_t>;

/// Everything of a tensor; channels last.
inline void describe(Descriptor& tensor, std::int64_t uid, const Numbers& dims, std::int64_t alignment = 16) {
  const Numbers strides = {dims[1] * dims[2] * dims[3], 1, dims[3] * dims[1], dims[1]};
  CHECK(tensor.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, std::vector{CUDNN_DATA_FLOAT}) == 0);
  CHECK(tensor.set(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, dims) == 0);
  CHECK(tensor.set(CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, strides) == 0);
  CHECK(tensor.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, Numbers{uid}) == 0);
  CHECK(tensor.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, Numbers{alignment}) == 0);
}

inline void describe_convolution(Descriptor& convolution, const Numbers& before = {1, 1}) {
  CHECK(convolution.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64, Numbers{2}) == 0);
  CHECK(convolution.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, std::vector{CUDNN_DATA_FLOAT}) == 0);
  CHECK(convolution.set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE,
                        std::vector{CUDNN_CROSS_CORRELATION}) == 0);
  for (const auto name :
       {CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_ATTR_CONVOLUTION_POST_PADDINGS})
    CHECK(convolution.set(name, CUDNN_TYPE_INT64, Numbers{1, 1}) == 0);
  CHECK(convolution.set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64, before) == 0);
}

/// A convolution of 4 to 8 channels with padding 1 all round.
struct Operation {
  explicit Operation(const Numbers& y_dims = {1, 8, 6, 6}) {
    describe(x, 1, {1, 4, 6, 6});
    describe(w, 2, {8, 4, 3, 3});
    describe(y, 3, y_dims);
    describe_convolution(convolution);
    for (Descriptor* part : {&x, &w, &y, &convolution}) CHECK(part->finalize() == CUDNN_STATUS_SUCCESS);
    CHECK(forward.refer(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, x) == 0);
    CHECK(forward.refer(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, w) == 0);
    CHECK(forward.refer(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, y) == 0);
    CHECK(forward.refer(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, convolution) == 0);
    const std::vector<double> one = {1}, zero = {0};
    CHECK(forward.set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, CUDNN_TYPE_DOUBLE, one) == 0);
    CHECK(forward.set(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, CUDNN_TYPE_DOUBLE, zero) == 0);
  }
  Descriptor x{CUDNN_BACKEND_TENSOR_DESCRIPTOR}, w{CUDNN_BACKEND_TENSOR_DESCRIPTOR}, y{CUDNN_BACKEND_TENSOR_DESCRIPTOR};
  Descriptor convolution{CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR};
  Descriptor forward{CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR};
};

inline void describe_device(Descriptor& properties, const std::string& json) {
  CHECK(properties.set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR,
                       std::vector<char>(json.begin(), json.end())) == 0);
}

}  // namespace documented
