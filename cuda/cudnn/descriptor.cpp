#include "cuda/cudnn/descriptor.hpp"

#include <algorithm>
#include <iterator>

#include "cuda/cudnn/error.hpp"

namespace dae::cuda::cudnn {
namespace {

const char* name_of(cudnnBackendDescriptorType_t type) {
  switch (type) {
    case CUDNN_BACKEND_TENSOR_DESCRIPTOR:
      return "tensor";
    case CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR:
      return "convolution";
    case CUDNN_BACKEND_POINTWISE_DESCRIPTOR:
      return "pointwise";
    case CUDNN_BACKEND_RESAMPLE_DESCRIPTOR:
      return "resample";
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR:
      return "convolution forward";
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR:
      return "convolution backward data";
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR:
      return "convolution backward filter";
    case CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR:
      return "pointwise operation";
    case CUDNN_BACKEND_OPERATION_RESAMPLE_FWD_DESCRIPTOR:
      return "resample forward";
    case CUDNN_BACKEND_OPERATION_RESAMPLE_BWD_DESCRIPTOR:
      return "resample backward";
    case CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR:
      return "operation graph";
    case CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR:
      return "device properties";
    case CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR:
      return "engine heuristic";
    case CUDNN_BACKEND_ENGINECFG_DESCRIPTOR:
      return "engine configuration";
    case CUDNN_BACKEND_ENGINE_DESCRIPTOR:
      return "engine";
    case CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR:
      return "execution plan";
    case CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR:
      return "variant pack";
    default:
      return "descriptor";
  }
}

}  // namespace

Descriptor::Descriptor(cudnnBackendDescriptorType_t type) : type_(type) {
  check("cudnnBackendCreateDescriptor", name_of(type), cudnnBackendCreateDescriptor(type, &descriptor_));
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : type_(other.type_), descriptor_(std::exchange(other.descriptor_, nullptr)), owned_(std::move(other.owned_)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(type_, other.type_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(owned_, other.owned_);
  return *this;
}

Descriptor::~Descriptor() {
  // Nothing can be done about an error here, and a destructor must not throw.
  if (descriptor_ != nullptr) static_cast<void>(cudnnBackendDestroyDescriptor(descriptor_));
}

Descriptor& Descriptor::refer(cudnnBackendAttributeName_t name, const Descriptor& value) {
  return set_raw(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &value.descriptor_);
}

Descriptor& Descriptor::own(cudnnBackendAttributeName_t name, Descriptor value) {
  refer(name, value);
  return keep(std::move(value));
}

Descriptor& Descriptor::own_all(cudnnBackendAttributeName_t name, std::vector<Descriptor> values) {
  std::vector<cudnnBackendDescriptor_t> raw;
  for (const Descriptor& value : values) raw.push_back(value.descriptor_);
  set_raw(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, static_cast<std::int64_t>(raw.size()), raw.data());
  std::move(values.begin(), values.end(), std::back_inserter(owned_));
  return *this;
}

Descriptor& Descriptor::keep(Descriptor value) {
  owned_.push_back(std::move(value));
  return *this;
}

Descriptor Descriptor::finalize() && {
  check("cudnnBackendFinalize", name_of(type_), cudnnBackendFinalize(descriptor_));
  return std::move(*this);
}

std::int64_t Descriptor::count(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type) const {
  return get_raw(name, type, 0, nullptr);
}

std::int64_t Descriptor::get_into(cudnnBackendAttributeName_t name, std::span<Descriptor> values) const {
  std::vector<cudnnBackendDescriptor_t> raw;
  for (const Descriptor& value : values) raw.push_back(value.descriptor_);
  return get_raw(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, static_cast<std::int64_t>(raw.size()), raw.data());
}

std::string Descriptor::get_text(cudnnBackendAttributeName_t name) const {
  std::string text(static_cast<std::size_t>(count(name, CUDNN_TYPE_CHAR)), '\0');
  get_raw(name, CUDNN_TYPE_CHAR, static_cast<std::int64_t>(text.size()), text.data());
  text.resize(std::min(text.size(), text.find('\0')));
  return text;
}

Descriptor& Descriptor::set_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t count,
                                const void* values) {
  check("cudnnBackendSetAttribute", name_of(type_), cudnnBackendSetAttribute(descriptor_, name, type, count, values));
  return *this;
}

std::int64_t Descriptor::get_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                                 std::int64_t capacity, void* values) const {
  std::int64_t filled = 0;
  check("cudnnBackendGetAttribute", name_of(type_),
        cudnnBackendGetAttribute(descriptor_, name, type, capacity, &filled, values));
  return std::min(filled, capacity == 0 ? filled : capacity);
}

}  // namespace dae::cuda::cudnn
