#include "tests/cusim/cudnn/backend.hpp"

#include <algorithm>
#include <cstdio>

#include "tests/cusim/runtime.hpp"

namespace cusim::cudnn {
namespace {

constexpr const char* kDescriptors = "cuDNN descriptor";
constexpr const char* kHandles = "cuDNN handle";

std::string last_message;

/// The engine holds the object's address; parts of finished descriptors live on without it.
std::map<const void*, BackendPointer> alive;

const BackendPointer& find(const void* descriptor) {
  const auto found = alive.find(descriptor);
  require(found != alive.end(), CUDNN_STATUS_BAD_PARAM, "no such descriptor: never made, or destroyed");
  return found->second;
}

template <class Body>
cudnnStatus_t call(const char* name, const Body& body) {
  if (const auto status = begin_call(name)) return static_cast<cudnnStatus_t>(*status);
  try {
    body();
    return CUDNN_STATUS_SUCCESS;
  } catch (const Refusal& refusal) {
    last_message = refusal.what();
    return refusal.status;
  }
}

std::size_t size_of(cudnnBackendAttributeType_t type) {
  if (type == CUDNN_TYPE_BOOLEAN || type == CUDNN_TYPE_CHAR) return 1;
  if (type == CUDNN_TYPE_FRACTION) return sizeof(cudnnFraction_t);
  const bool word =
      type == CUDNN_TYPE_INT64 || type == CUDNN_TYPE_DOUBLE || type == CUDNN_TYPE_VOID_PTR || type == CUDNN_TYPE_HANDLE;
  return word ? 8 : sizeof(cudnnDataType_t);  // an enumeration
}

const Rule& rule_of(const Backend& backend, cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type) {
  const auto& rules = rules_of(backend.type);
  const auto rule = std::ranges::find(rules, name, &Rule::name);
  require(rule != rules.end(), CUDNN_STATUS_BAD_PARAM,
          "attribute " + std::to_string(name) + " is none of this descriptor's");
  require(rule->type == type, CUDNN_STATUS_BAD_PARAM, "attribute " + std::to_string(name) + " has another type");
  return *rule;
}

void set(Backend& backend, cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t count,
         const void* values) {
  require(!backend.finalized, CUDNN_STATUS_BAD_PARAM, "the descriptor is already finalized");
  const Rule& rule = rule_of(backend, name, type);
  require(rule.access != Access::computed, CUDNN_STATUS_BAD_PARAM, "the attribute cannot be set");
  require(count > 0 && count <= rule.most && values != nullptr, CUDNN_STATUS_BAD_PARAM, "so many values are not due");
  Attribute attribute{type, {}, {}};
  if (type == CUDNN_TYPE_BACKEND_DESCRIPTOR) {
    for (std::int64_t i = 0; i < count; ++i)
      attribute.parts.push_back(find(static_cast<const cudnnBackendDescriptor_t*>(values)[i]));
  } else {
    const auto* first = static_cast<const std::byte*>(values);
    attribute.bytes.assign(first, first + static_cast<std::size_t>(count) * size_of(type));
  }
  backend.attributes[name] = std::move(attribute);
}

void get(const Backend& backend, cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
         std::int64_t capacity, std::int64_t* count, void* values) {
  require(backend.finalized, CUDNN_STATUS_NOT_INITIALIZED, "the descriptor is not finalized");
  rule_of(backend, name, type);
  require(backend.has(name), CUDNN_STATUS_BAD_PARAM, "the attribute was not set");
  const Attribute& attribute = backend.attributes.at(name);
  require(count != nullptr || capacity > 0, CUDNN_STATUS_BAD_PARAM, "neither a count nor values are asked for");
  const std::int64_t filled = std::min(capacity, attribute.count());
  if (count != nullptr) *count = capacity == 0 ? attribute.count() : filled;
  if (filled == 0) return;
  require(values != nullptr, CUDNN_STATUS_BAD_PARAM, "no place for the values");
  if (type != CUDNN_TYPE_BACKEND_DESCRIPTOR) {
    std::memcpy(values, attribute.bytes.data(), static_cast<std::size_t>(filled) * size_of(type));
    return;
  }
  for (std::int64_t i = 0; i < filled; ++i) {
    Backend& to = *find(static_cast<cudnnBackendDescriptor_t*>(values)[i]);
    const Backend& from = *attribute.parts[static_cast<std::size_t>(i)];
    require(to.type == from.type, CUDNN_STATUS_BAD_PARAM, "a descriptor of another kind is to be filled");
    to = from;
  }
}

}  // namespace

std::int64_t Attribute::count() const {
  return static_cast<std::int64_t>(parts.empty() ? bytes.size() / size_of(type) : parts.size());
}

void require(bool good, cudnnStatus_t status, const std::string& text) {
  if (!good) throw Refusal(status, text);
}

}  // namespace cusim::cudnn

using cusim::begin_call;
using namespace cusim::cudnn;

extern "C" {

cudnnStatus_t cudnnCreate(cudnnHandle_t* handle) {
  return call("cudnnCreate", [=] {
    require(handle != nullptr, CUDNN_STATUS_BAD_PARAM, "no place for the handle");
    *handle = new cudnnContext;
    cusim::count_object(kHandles, 1);
  });
}

cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) {
  return call("cudnnDestroy", [=] {
    require(handle != nullptr, CUDNN_STATUS_NOT_INITIALIZED, "no handle");
    delete handle;
    cusim::count_object(kHandles, -1);
  });
}

cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
  return call("cudnnSetStream", [=] {
    require(handle != nullptr, CUDNN_STATUS_BAD_PARAM, "no handle");
    handle->stream = stream;
  });
}

std::size_t cudnnGetVersion() { return CUDNN_VERSION; }

const char* cudnnGetErrorString(cudnnStatus_t) { return "the simulator says no"; }

void cudnnGetLastErrorString(char* message, std::size_t size) {
  std::snprintf(message, size, "%s", last_message.c_str());
  last_message.clear();
}

cudnnStatus_t cudnnBackendCreateDescriptor(cudnnBackendDescriptorType_t type, cudnnBackendDescriptor_t* descriptor) {
  return call("cudnnBackendCreateDescriptor", [=] {
    require(!rules_of(type).empty(), CUDNN_STATUS_NOT_SUPPORTED, "the fake does not know this kind of descriptor");
    const auto made = std::make_shared<Backend>();
    made->type = type;
    alive[made.get()] = made;
    *descriptor = made.get();
    cusim::count_object(kDescriptors, 1);
  });
}

cudnnStatus_t cudnnBackendDestroyDescriptor(cudnnBackendDescriptor_t descriptor) {
  return call("cudnnBackendDestroyDescriptor", [=] {
    find(descriptor);
    alive.erase(descriptor);
    cusim::count_object(kDescriptors, -1);
  });
}

cudnnStatus_t cudnnBackendSetAttribute(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                                       cudnnBackendAttributeType_t type, std::int64_t count, const void* values) {
  return call("cudnnBackendSetAttribute", [=] { set(*find(descriptor), name, type, count, values); });
}

cudnnStatus_t cudnnBackendGetAttribute(const cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                                       cudnnBackendAttributeType_t type, std::int64_t capacity, std::int64_t* count,
                                       void* values) {
  return call("cudnnBackendGetAttribute", [=] { get(*find(descriptor), name, type, capacity, count, values); });
}

cudnnStatus_t cudnnBackendFinalize(cudnnBackendDescriptor_t descriptor) {
  return call("cudnnBackendFinalize", [=] {
    Backend& backend = *find(descriptor);
    require(!backend.finalized, CUDNN_STATUS_BAD_PARAM, "the descriptor is already finalized");
    for (const auto& [name, attribute] : backend.attributes)
      for (const BackendPointer& part : attribute.parts)
        require(part->finalized, CUDNN_STATUS_BAD_PARAM, "a part of the descriptor is not finalized");
    for (const Rule& rule : rules_of(backend.type))
      require(rule.access != Access::required || backend.has(rule.name), CUDNN_STATUS_BAD_PARAM,
              "attribute " + std::to_string(rule.name) + " was not set");
    finalize(backend);
    backend.finalized = true;
  });
}

cudnnStatus_t cudnnBackendExecute(cudnnHandle_t handle, cudnnBackendDescriptor_t plan, cudnnBackendDescriptor_t pack) {
  return call("cudnnBackendExecute", [=] {
    require(handle != nullptr, CUDNN_STATUS_BAD_PARAM, "no handle");
    Backend& the_plan = *find(plan);
    const Backend& the_pack = *find(pack);
    require(the_plan.finalized && the_pack.finalized, CUDNN_STATUS_BAD_PARAM, "plan and pack must be finalized");
    execute(handle, the_plan, the_pack);
  });
}

}  // extern "C"
