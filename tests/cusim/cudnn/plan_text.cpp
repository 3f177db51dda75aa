#include <nlohmann/json.hpp>

#include "tests/cusim/cudnn/backend.hpp"

namespace cusim::cudnn {
namespace {

using nlohmann::json;

json write(const Backend& backend) {
  json attributes = json::array();
  for (const auto& [name, attribute] : backend.attributes) {
    // The text itself is no part of it, a handle is one of this process.
    if (name == CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION || name == CUDNN_ATTR_DEVICEPROP_HANDLE) continue;
    json parts = json::array(), bytes = json::array();
    for (const BackendPointer& part : attribute.parts) parts.push_back(write(*part));
    for (const std::byte byte : attribute.bytes) bytes.push_back(std::to_integer<int>(byte));
    attributes.push_back({{"name", name}, {"type", attribute.type}, {"bytes", bytes}, {"parts", parts}});
  }
  return {{"descriptor", backend.type}, {"attributes", attributes}};
}

BackendPointer read(const json& text) {
  const auto backend = std::make_shared<Backend>();
  backend->type = text.at("descriptor").get<cudnnBackendDescriptorType_t>();
  backend->finalized = true;
  for (const json& entry : text.at("attributes")) {
    Attribute attribute{entry.at("type").get<cudnnBackendAttributeType_t>(), {}, {}};
    for (const json& byte : entry.at("bytes")) attribute.bytes.push_back(static_cast<std::byte>(byte.get<int>()));
    for (const json& part : entry.at("parts")) attribute.parts.push_back(read(part));
    backend->attributes[entry.at("name").get<cudnnBackendAttributeName_t>()] = std::move(attribute);
  }
  return backend;
}

}  // namespace

std::string to_json(const Backend& plan) { return write(plan).dump(); }

BackendPointer plan_from_json(const std::string& text) {
  try {
    return read(json::parse(text));
  } catch (const json::exception& error) {
    throw Refusal(CUDNN_STATUS_BAD_PARAM, error.what());
  }
}

}  // namespace cusim::cudnn
