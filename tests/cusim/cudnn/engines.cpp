#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/cusim/cudnn/operations.hpp"
#include "tests/cusim/runtime.hpp"

namespace cusim::cudnn {
namespace {

/// In the order of the heuristic's list A. As in cuDNN 9.19, most first choices use tensor cores, some of them are
/// compiled at run time, and every engine that pools with an index is compiled and noted as one with tensor cores.
const std::vector<Engine>& engines() {
  static const std::vector<Engine> all = {
      {.index = 40, .workspace = std::int64_t{2} << 30},
      {.index = 31, .refuses = true},
      {.index = 51,
       .notes = {CUDNN_NUMERICAL_NOTE_TENSOR_CORE, CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS},
       .workspace = 64,
       .compiles = true,
       .milliseconds = 9e-3},
      {.index = 28,
       .notes = {CUDNN_NUMERICAL_NOTE_TENSOR_CORE, CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS},
       .workspace = 1 << 16},
      {.index = 17,
       .notes = {CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC},
       .workspace = 4096,
       .backward_only = true,
       .milliseconds = 2e-3,
       .host_milliseconds = 30e-3},
      {.index = 6, .notes = {CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION}},
      {.index = 1, .workspace = 1000, .milliseconds = 4e-3, .host_milliseconds = 5e-3},
      {.index = 4000, .notes = {CUDNN_NUMERICAL_NOTE_TENSOR_CORE}, .workspace = 16, .compiles = true, .pools = true}};
  return all;
}

bool serves(const Engine& engine, const std::vector<Operation>& operations) {
  const cudnnBackendDescriptorType_t first = operations.front().kind;
  const bool pools = first == CUDNN_BACKEND_OPERATION_RESAMPLE_FWD_DESCRIPTOR ||
                     first == CUDNN_BACKEND_OPERATION_RESAMPLE_BWD_DESCRIPTOR;
  const bool forward = first == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR;
  return engine.pools == pools && !(engine.backward_only && forward);
}

int architecture_of(const Backend& properties) {
  return nlohmann::json::parse(properties.text(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION)).at("deviceVer").get<int>() /
         10;
}

/// Engines ask of tensors one type of float32 or bf16, which needs compute capability 8.0, and channels last.
void require_support(const std::vector<Operation>& operations, int architecture) {
  const auto unsupported = [](const char* text) { throw Refusal(CUDNN_STATUS_NOT_SUPPORTED, text); };
  const std::vector<Placed> placed = placed_tensors(operations);
  for (const auto& [tensor, written] : placed) {
    if (tensor.strides.c != 1 && tensor.dims.c != 1) unsupported("channels must lie side by side");
    if (tensor.type == CUDNN_DATA_INT8) continue;
    if (tensor.type != placed.front().tensor.type) unsupported("tensors of different types");
    if (tensor.type == CUDNN_DATA_BFLOAT16 && architecture < 80) unsupported("bf16 needs compute capability 8.0");
    if (tensor.type != CUDNN_DATA_FLOAT && tensor.type != CUDNN_DATA_BFLOAT16) unsupported("a type of element");
    if (tensor.alignment % 16 != 0) unsupported("engines load 16 bytes at once");
  }
}

void describe(Backend& engine) {
  const Engine& known = engine_of(engine.one<std::int64_t>(CUDNN_ATTR_ENGINE_GLOBAL_INDEX));
  engine.put(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE, known.notes);
  std::vector<cudnnBackendBehaviorNote_t> behaviour;
  if (known.compiles) behaviour.push_back(CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION);
  engine.put(CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE, CUDNN_TYPE_BEHAVIOR_NOTE, behaviour);
}

void propose(Backend& heuristic) {
  const BackendPointer& graph = heuristic.part(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH);
  const auto operations = operations_of(*graph);
  require_support(operations, architecture_of(*heuristic.part(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP)));
  const bool fallback = heuristic.one<cudnnBackendHeurMode_t>(CUDNN_ATTR_ENGINEHEUR_MODE) == CUDNN_HEUR_MODE_FALLBACK;
  std::vector<BackendPointer> configs;
  for (const Engine& engine : engines()) {
    if (!serves(engine, operations) || (fallback && !engine.notes.empty())) continue;
    Backend described{.type = CUDNN_BACKEND_ENGINE_DESCRIPTOR, .finalized = true};
    Backend config{.type = CUDNN_BACKEND_ENGINECFG_DESCRIPTOR, .finalized = true};
    described.put_part(CUDNN_ATTR_ENGINE_OPERATION_GRAPH, {graph});
    described.put(CUDNN_ATTR_ENGINE_GLOBAL_INDEX, CUDNN_TYPE_INT64, std::vector{engine.index});
    describe(described);
    config.put_part(CUDNN_ATTR_ENGINECFG_ENGINE, {std::make_shared<Backend>(std::move(described))});
    configs.push_back(std::make_shared<Backend>(std::move(config)));
  }
  heuristic.put_part(CUDNN_ATTR_ENGINEHEUR_RESULTS, std::move(configs));
}

void describe_device(Backend& properties) {
  std::string text;
  if (properties.has(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION))
    text = properties.text(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION);
  else
    text = nlohmann::json{{"deviceVer", gpu().architecture * 10}, {"deviceName", gpu().name}}.dump();
  require(properties.has(CUDNN_ATTR_DEVICEPROP_HANDLE) || nlohmann::json::accept(text), CUDNN_STATUS_BAD_PARAM,
          "properties of a device that are no JSON");
  properties.put(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR,
                 std::vector<char>(text.begin(), text.end()));
}

void make_plan(Backend& plan) {
  const int architecture = architecture_of(*plan.part(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP));
  if (!plan.has(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG)) {
    require(plan.has(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION), CUDNN_STATUS_BAD_PARAM,
            "a plan needs an engine configuration or a text");
    const BackendPointer stored = plan_from_json(plan.text(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION));
    require(architecture_of(*stored->part(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP)) == architecture,
            CUDNN_STATUS_NOT_SUPPORTED, "the plan was made for another device");
    plan.put_part(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, {stored->part(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG)});
  }
  const Backend& described = *plan.part(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG)->part(CUDNN_ATTR_ENGINECFG_ENGINE);
  require_support(operations_of(*described.part(CUDNN_ATTR_ENGINE_OPERATION_GRAPH)), architecture);
  const Engine& engine = engine_of(described.one<std::int64_t>(CUDNN_ATTR_ENGINE_GLOBAL_INDEX));
  require(!engine.refuses, CUDNN_STATUS_NOT_SUPPORTED, "this engine cannot run the graph after all");
  plan.put(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, CUDNN_TYPE_INT64, std::vector{engine.workspace});
  const std::string text = to_json(plan);
  plan.put(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, std::vector<char>(text.begin(), text.end()));
}

void check_tensor(const Backend& tensor) {
  const auto dims = tensor.all<std::int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS);
  const auto strides = tensor.all<std::int64_t>(CUDNN_ATTR_TENSOR_STRIDES);
  require(dims.size() == strides.size(), CUDNN_STATUS_BAD_PARAM, "as many strides as dimensions are due");
  const auto positive = [](std::int64_t v) { return v > 0; };
  require(std::ranges::all_of(dims, positive) && std::ranges::all_of(strides, positive), CUDNN_STATUS_BAD_PARAM,
          "dimensions and strides must be positive");
  require(dims.size() == 4, CUDNN_STATUS_NOT_SUPPORTED, "the fake knows tensors of four dimensions only");
  const Tensor read(tensor);
  require(read.alignment > 0 && read.alignment % static_cast<std::int64_t>(read.element_bytes()) == 0,
          CUDNN_STATUS_BAD_PARAM, "the alignment must be a multiple of the element's size");
}

void check_counts(const Backend& backend, cudnnBackendAttributeName_t dims,
                  std::initializer_list<cudnnBackendAttributeName_t> names) {
  for (const auto name : names)
    require(backend.attributes.at(name).count() == backend.one<std::int64_t>(dims), CUDNN_STATUS_BAD_PARAM,
            "as many numbers as spatial dimensions are due");
}

void check_pack(const Backend& pack) {
  auto uids = pack.all<std::int64_t>(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS);
  require(uids.size() == pack.all<void*>(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS).size(), CUDNN_STATUS_BAD_PARAM,
          "as many pointers as unique ids are due");
  std::ranges::sort(uids);
  require(std::ranges::adjacent_find(uids) == uids.end(), CUDNN_STATUS_BAD_PARAM, "two pointers for one tensor");
}

}  // namespace

bool Engine::noted(cudnnBackendNumericalNote_t note) const { return std::ranges::find(notes, note) != notes.end(); }

const Engine& engine_of(std::int64_t index) {
  const auto found = std::ranges::find(engines(), index, &Engine::index);
  require(found != engines().end(), CUDNN_STATUS_BAD_PARAM, "no engine has this index");
  return *found;
}

void finalize(Backend& backend) {
  switch (backend.type) {
    case CUDNN_BACKEND_TENSOR_DESCRIPTOR:
      return check_tensor(backend);
    case CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR:
      return check_counts(backend, CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS,
                          {CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES,
                           CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_ATTR_CONVOLUTION_POST_PADDINGS});
    case CUDNN_BACKEND_RESAMPLE_DESCRIPTOR:
      return check_counts(backend, CUDNN_ATTR_RESAMPLE_SPATIAL_DIMS,
                          {CUDNN_ATTR_RESAMPLE_WINDOW_DIMS, CUDNN_ATTR_RESAMPLE_STRIDES,
                           CUDNN_ATTR_RESAMPLE_PRE_PADDINGS, CUDNN_ATTR_RESAMPLE_POST_PADDINGS});
    case CUDNN_BACKEND_POINTWISE_DESCRIPTOR:
    case CUDNN_BACKEND_ENGINECFG_DESCRIPTOR:
      return;
    case CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR:
      return static_cast<void>(operations_of(backend));
    case CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR:
      return describe_device(backend);
    case CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR:
      return propose(backend);
    case CUDNN_BACKEND_ENGINE_DESCRIPTOR:
      return describe(backend);
    case CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR:
      return make_plan(backend);
    case CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR:
      return check_pack(backend);
    default:
      return static_cast<void>(Operation(backend));
  }
}

}  // namespace cusim::cudnn
