#include "tests/cusim/documented/cudnn_descriptor.hpp"
#include "tests/cusim/plans/devices.hpp"

/// \file
/// cuDNN's documentation of backend descriptors ("cuDNN Backend API", chapter cudnn_graph library: the functions
/// cudnnBackend*, and the section of each descriptor). Held to by the fake in tests/cusim's suite and by the real
/// cuDNN, which needs no GPU for it, in cuda-plans' build. Where 9.19 returns another status than is documented, both
/// count.

using namespace documented;

namespace {

/// cuDNN 9 groups its statuses in thousands: 2xxx is every kind of CUDNN_STATUS_BAD_PARAM.
bool bad_parameter(cudnnStatus_t status) { return CUDNN_STATUS_CATEGORY(status) == CUDNN_STATUS_BAD_PARAM; }
bool not_initialized(cudnnStatus_t status) { return status == CUDNN_STATUS_NOT_INITIALIZED || bad_parameter(status); }

}  // namespace

TEST_CASE("an attribute can be read after finalization and set before it", "[cudnn]") {
  Descriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  describe(tensor, 1, {1, 4, 6, 5});
  Numbers dims(8);
  CHECK(not_initialized(tensor.get(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, dims)));
  REQUIRE(tensor.finalize() == CUDNN_STATUS_SUCCESS);
  CHECK(not_initialized(tensor.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, Numbers{7})));
  CHECK(tensor.get(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, dims) == CUDNN_STATUS_SUCCESS);
  CHECK(dims == Numbers{1, 4, 6, 5});
  std::int64_t count = 0;
  CHECK(tensor.count(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, count) == CUDNN_STATUS_SUCCESS);
  CHECK(count == 4);
}

TEST_CASE("an attribute has one descriptor, one type and a number of values", "[cudnn]") {
  Descriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  CHECK(bad_parameter(tensor.set(CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64, Numbers{1, 1})));
  CHECK(bad_parameter(tensor.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_DOUBLE, std::vector<double>{1})));
  CHECK(bad_parameter(tensor.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, Numbers{1, 2})));
  CHECK(bad_parameter(tensor.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, Numbers{})));
  describe(tensor, 1, {1, 4, 6, 5});
  REQUIRE(tensor.finalize() == CUDNN_STATUS_SUCCESS);
  std::vector<double> wrong(1);
  CHECK(bad_parameter(tensor.get(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_DOUBLE, wrong)));
  Numbers none(2);
  CHECK(bad_parameter(tensor.get(CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64, none)));
}

TEST_CASE("finalization checks a tensor", "[cudnn]") {
  Descriptor empty(CUDNN_BACKEND_TENSOR_DESCRIPTOR), negative(CUDNN_BACKEND_TENSOR_DESCRIPTOR),
      loose(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  CHECK(bad_parameter(empty.finalize()));
  describe(negative, 1, {1, -4, 6, 6});
  CHECK(bad_parameter(negative.finalize()));
  describe(loose, 1, {1, 4, 6, 6}, 3);  // no multiple of a float's size
  CHECK(bad_parameter(loose.finalize()));
}

TEST_CASE("finalization checks that the extents of a convolution fit together", "[cudnn]") {
  Operation good, wrong({1, 8, 5, 6});
  CHECK(good.forward.finalize() == CUDNN_STATUS_SUCCESS);
  CHECK(bad_parameter(wrong.forward.finalize()));
  Descriptor flat(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  describe_convolution(flat, {1});  // one padding for two dimensions
  CHECK(bad_parameter(flat.finalize()));
}

TEST_CASE("a descriptor with a part that is not finalized cannot be finalized", "[cudnn]") {
  Operation operation;
  Descriptor raw(CUDNN_BACKEND_TENSOR_DESCRIPTOR), graph(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  describe(raw, 4, {1, 4, 6, 6});
  CHECK(operation.forward.refer(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, raw) == CUDNN_STATUS_SUCCESS);
  CHECK(bad_parameter(operation.forward.finalize()));
  CHECK(bad_parameter(graph.finalize()));  // without operations
}

TEST_CASE("properties of a device are JSON", "[cudnn]") {
  Descriptor good(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR), bad(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
  describe_device(good, dae::plans::device_file(90).json);
  CHECK(good.finalize() == CUDNN_STATUS_SUCCESS);
  describe_device(bad, "no JSON");
  CHECK(bad_parameter(bad.finalize()));
}

TEST_CASE("a heuristic proposes engines, each with its number and notes", "[cudnn]") {
  Operation operation;
  REQUIRE(operation.forward.finalize() == CUDNN_STATUS_SUCCESS);
  Descriptor graph(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR), properties(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
  CHECK(graph.refer(CUDNN_ATTR_OPERATIONGRAPH_OPS, operation.forward) == CUDNN_STATUS_SUCCESS);
  describe_device(properties, dae::plans::device_file(90).json);
  for (Descriptor* part : {&graph, &properties}) REQUIRE(part->finalize() == CUDNN_STATUS_SUCCESS);

  Descriptor heuristic(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  CHECK(heuristic.refer(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph) == CUDNN_STATUS_SUCCESS);
  CHECK(heuristic.refer(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, properties) == CUDNN_STATUS_SUCCESS);
  // The fallback list: engines that run everywhere.
  CHECK(heuristic.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, std::vector{CUDNN_HEUR_MODE_FALLBACK}) == 0);
  CHECK(bad_parameter(heuristic.refer(CUDNN_ATTR_ENGINEHEUR_RESULTS, graph)));  // is computed
  std::int64_t count = 0;
  CHECK(not_initialized(heuristic.count(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR, count)));
  REQUIRE(heuristic.finalize() == CUDNN_STATUS_SUCCESS);
  CHECK(heuristic.count(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR, count) == CUDNN_STATUS_SUCCESS);
  REQUIRE(count > 0);

  // A descriptor that a heuristic fills needs no finalization of its own.
  Descriptor config(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR), engine(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  REQUIRE(heuristic.fill(CUDNN_ATTR_ENGINEHEUR_RESULTS, config) == CUDNN_STATUS_SUCCESS);
  REQUIRE(config.fill(CUDNN_ATTR_ENGINECFG_ENGINE, engine) == CUDNN_STATUS_SUCCESS);
  Numbers index(1);
  CHECK(engine.get(CUDNN_ATTR_ENGINE_GLOBAL_INDEX, CUDNN_TYPE_INT64, index) == CUDNN_STATUS_SUCCESS);
  std::vector<cudnnBackendNumericalNote_t> notes(CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
  CHECK(engine.get(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE, notes) == CUDNN_STATUS_SUCCESS);
  CHECK(notes.size() < CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
}

TEST_CASE("a variant pack has a pointer for each unique id", "[cudnn]") {
  Descriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR), good(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  CHECK(pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64, Numbers{1, 2}) == CUDNN_STATUS_SUCCESS);
  int somewhere = 0;
  const std::vector<void*> one = {&somewhere}, two = {&somewhere, &somewhere}, no_workspace = {nullptr};
  CHECK(pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, one) == CUDNN_STATUS_SUCCESS);
  CHECK(bad_parameter(pack.finalize()));
  CHECK(good.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64, Numbers{1, 2}) == CUDNN_STATUS_SUCCESS);
  CHECK(good.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, two) == CUDNN_STATUS_SUCCESS);
  CHECK(good.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, no_workspace) == CUDNN_STATUS_SUCCESS);
  CHECK(good.finalize() == CUDNN_STATUS_SUCCESS);
}
