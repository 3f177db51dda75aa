#pragma once

#include <cudnn_graph.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace dae::cuda::cudnn {

/// The attribute type that cuDNN expects for a C++ type.
template <class T>
struct AttributeType;
template <cudnnBackendAttributeType_t kType>
struct AttributeConstant {
  static constexpr cudnnBackendAttributeType_t value = kType;
};
template <>
struct AttributeType<std::int64_t> : AttributeConstant<CUDNN_TYPE_INT64> {};
template <>
struct AttributeType<double> : AttributeConstant<CUDNN_TYPE_DOUBLE> {};
template <>
struct AttributeType<bool> : AttributeConstant<CUDNN_TYPE_BOOLEAN> {};
template <>
struct AttributeType<char> : AttributeConstant<CUDNN_TYPE_CHAR> {};
template <>
struct AttributeType<void*> : AttributeConstant<CUDNN_TYPE_VOID_PTR> {};
template <>
struct AttributeType<cudnnHandle_t> : AttributeConstant<CUDNN_TYPE_HANDLE> {};
template <>
struct AttributeType<cudnnDataType_t> : AttributeConstant<CUDNN_TYPE_DATA_TYPE> {};
template <>
struct AttributeType<cudnnConvolutionMode_t> : AttributeConstant<CUDNN_TYPE_CONVOLUTION_MODE> {};
template <>
struct AttributeType<cudnnPointwiseMode_t> : AttributeConstant<CUDNN_TYPE_POINTWISE_MODE> {};
template <>
struct AttributeType<cudnnResampleMode_t> : AttributeConstant<CUDNN_TYPE_RESAMPLE_MODE> {};
template <>
struct AttributeType<cudnnPaddingMode_t> : AttributeConstant<CUDNN_TYPE_PADDING_MODE> {};
template <>
struct AttributeType<cudnnFraction_t> : AttributeConstant<CUDNN_TYPE_FRACTION> {};
template <>
struct AttributeType<cudnnBackendHeurMode_t> : AttributeConstant<CUDNN_TYPE_HEUR_MODE> {};
template <>
struct AttributeType<cudnnBackendNumericalNote_t> : AttributeConstant<CUDNN_TYPE_NUMERICAL_NOTE> {};
template <>
struct AttributeType<cudnnBackendBehaviorNote_t> : AttributeConstant<CUDNN_TYPE_BEHAVIOR_NOTE> {};
template <>
struct AttributeType<cudnnBackendKnobType_t> : AttributeConstant<CUDNN_TYPE_KNOB_TYPE> {};

/// Owns one descriptor of the cuDNN backend and all descriptors that it was given. Move-only. Every call throws
/// CudnnError that names the descriptor's type.
class Descriptor {
 public:
  explicit Descriptor(cudnnBackendDescriptorType_t type);
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  [[nodiscard]] cudnnBackendDescriptor_t get() const { return descriptor_; }

  template <class T>
  Descriptor& set(cudnnBackendAttributeName_t name, const T& value) {
    return set_raw(name, AttributeType<T>::value, 1, &value);
  }
  template <class T>
  Descriptor& set_all(cudnnBackendAttributeName_t name, std::span<const T> values) {
    return set_raw(name, AttributeType<T>::value, static_cast<std::int64_t>(values.size()), values.data());
  }
  /// Refers to a descriptor that the caller keeps alive.
  Descriptor& refer(cudnnBackendAttributeName_t name, const Descriptor& value);
  /// Takes descriptors and keeps them as long as this one lives.
  Descriptor& own(cudnnBackendAttributeName_t name, Descriptor value);
  Descriptor& own_all(cudnnBackendAttributeName_t name, std::vector<Descriptor> values);

  /// Keeps a descriptor that others of its own refer to.
  Descriptor& keep(Descriptor value);

  Descriptor finalize() &&;

  template <class T>
  [[nodiscard]] T get_one(cudnnBackendAttributeName_t name) const {
    T value{};
    get_raw(name, AttributeType<T>::value, 1, &value);
    return value;
  }
  /// All values of an attribute that has at most `most`.
  template <class T>
  [[nodiscard]] std::vector<T> get_all(cudnnBackendAttributeName_t name, std::int64_t most) const {
    std::vector<T> values(static_cast<std::size_t>(most));
    values.resize(static_cast<std::size_t>(get_raw(name, AttributeType<T>::value, most, values.data())));
    return values;
  }
  /// How many values an attribute has.
  [[nodiscard]] std::int64_t count(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type) const;
  /// Fills descriptors that exist; returns how many were filled.
  std::int64_t get_into(cudnnBackendAttributeName_t name, std::span<Descriptor> values) const;
  /// A text attribute (the JSON form of a plan or of device properties).
  [[nodiscard]] std::string get_text(cudnnBackendAttributeName_t name) const;

 private:
  Descriptor& set_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t count,
                      const void* values);
  std::int64_t get_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t capacity,
                       void* values) const;

  cudnnBackendDescriptorType_t type_;
  cudnnBackendDescriptor_t descriptor_ = nullptr;
  std::vector<Descriptor> owned_;
};

}  // namespace dae::cuda::cudnn
