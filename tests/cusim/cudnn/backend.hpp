#pragma once

#include <cudnn_graph.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

/// \file
/// The descriptors of the fake cuDNN backend: they store what they are given and say no as cuDNN documents it ("cuDNN
/// Backend API", https://docs.nvidia.com/deeplearning/cudnn/backend/latest/api/cudnn-graph-library.html).
namespace cusim::cudnn {

struct Backend;
using BackendPointer = std::shared_ptr<Backend>;

struct Attribute {
  cudnnBackendAttributeType_t type{};
  std::vector<std::byte> bytes;       // of plain values
  std::vector<BackendPointer> parts;  // of descriptors

  [[nodiscard]] std::int64_t count() const;
};

/// A refusal: the status that a call returns, and the text for cudnnGetLastErrorString.
struct Refusal : std::runtime_error {
  Refusal(cudnnStatus_t status_, const std::string& text) : std::runtime_error(text), status(status_) {}
  cudnnStatus_t status;
};

/// Throws Refusal unless `good`.
void require(bool good, cudnnStatus_t status, const std::string& text);

struct Backend {
  cudnnBackendDescriptorType_t type{};
  bool finalized = false;
  bool ran = false;  // a plan that was executed
  std::map<cudnnBackendAttributeName_t, Attribute> attributes;

  [[nodiscard]] bool has(cudnnBackendAttributeName_t name) const { return attributes.count(name) != 0; }
  template <class T>
  [[nodiscard]] std::vector<T> all(cudnnBackendAttributeName_t name) const {
    const Attribute& attribute = attributes.at(name);
    std::vector<T> values(attribute.bytes.size() / sizeof(T));
    std::memcpy(values.data(), attribute.bytes.data(), attribute.bytes.size());
    return values;
  }
  template <class T>
  [[nodiscard]] T one(cudnnBackendAttributeName_t name) const {
    T value{};
    std::memcpy(&value, attributes.at(name).bytes.data(), sizeof value);
    return value;
  }
  [[nodiscard]] const BackendPointer& part(cudnnBackendAttributeName_t name) const {
    return attributes.at(name).parts.at(0);
  }
  [[nodiscard]] std::string text(cudnnBackendAttributeName_t name) const {
    const auto chars = all<char>(name);
    return {chars.begin(), chars.end()};
  }

  template <class T>
  void put(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t attribute_type, const std::vector<T>& values) {
    const auto* first = reinterpret_cast<const std::byte*>(values.data());
    attributes[name] = {attribute_type, {first, first + values.size() * sizeof(T)}, {}};
  }
  void put_part(cudnnBackendAttributeName_t name, std::vector<BackendPointer> parts) {
    attributes[name] = {CUDNN_TYPE_BACKEND_DESCRIPTOR, {}, std::move(parts)};
  }
};

enum class Access { required, optional, computed };

/// An attribute of a descriptor, as cuDNN documents it.
struct Rule {
  cudnnBackendAttributeName_t name;
  cudnnBackendAttributeType_t type;
  std::int64_t most;  // values
  Access access = Access::required;
};

/// The attributes of a kind of descriptor; empty for kinds that the engine does not use.
const std::vector<Rule>& rules_of(cudnnBackendDescriptorType_t type);

/// Checks what is combined in a descriptor and computes what finalization computes. Throws Refusal.
void finalize(Backend& backend);

/// A plan as text, and back: everything that it was made from. Throws Refusal for text that is damaged.
std::string to_json(const Backend& plan);
BackendPointer plan_from_json(const std::string& text);

/// Enqueues a plan. Throws Refusal.
void execute(cudnnHandle_t handle, Backend& plan, const Backend& pack);

}  // namespace cusim::cudnn

struct cudnnContext {
  cudaStream_t stream = nullptr;
};
