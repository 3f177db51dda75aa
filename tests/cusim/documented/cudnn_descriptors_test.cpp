#include <cudnn_graph.h>

#include <string>
#include <vector>

#include "catch.hpp"
#include "cusim/plans/devices.hpp"

/// \file
/// What cuDNN documents about backend descriptors ("cuDNN Backend API", chapter cudnn_graph library: the functions
/// cudnnBackend*, and the section of each descriptor). Held to by the fake in tests/cusim's suite and by the real
/// cuDNN, which needs no GPU for it, in cuda-plans' build. Where 9.19 returns another status than is documented, both
/// count.

namespace {

class Descriptor {
 public:
  explicit Descriptor(cudnnBackendDescriptorType_t type) {
    REQUIRE(cudnnBackendCreateDescriptor(type, &raw_) == CUDNN_STATUS_SUCCESS);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { cudnnBackendDestroyDescriptor(raw_); }

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
  cudnnStatus_t fill(cudnnBackendAttributeName_t name, Descriptor& other) {
    std::vector raw{other.raw_};
    return get(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, raw);
  }
  cudnnStatus_t finalize() { return cudnnBackendFinalize(raw_); }

 private:
  cudnnBackendDescriptor_t raw_ = nullptr;
};

/// cuDNN 9 groups its statuses in thousands: 2xxx is every kind of CUDNN_STATUS_BAD_PARAM.
bool bad_parameter(cudnnStatus_t status) { return CUDNN_STATUS_CATEGORY(status) == CUDNN_STATUS_BAD_PARAM; }
bool not_initialized(cudnnStatus_t status) { return status == CUDNN_STATUS_NOT_INITIALIZED || bad_parameter(status); }

using Numbers = std::vector<std::int64_t>;

/// Everything of a tensor; channels last.
void describe(Descriptor& tensor, std::int64_t uid, const Numbers& dims, std::int64_t alignment = 16) {
  const Numbers strides = {dims[1] * dims[2] * dims[3], 1, dims[3] * dims[1], dims[1]};
  CHECK(tensor.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, std::vector{CUDNN_DATA_FLOAT}) == 0);
  CHECK(tensor.set(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, dims) == 0);
  CHECK(tensor.set(CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, strides) == 0);
  CHECK(tensor.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, Numbers{uid}) == 0);
  CHECK(tensor.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, Numbers{alignment}) == 0);
}

void describe_convolution(Descriptor& convolution, const Numbers& before = {1, 1}) {
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

void describe_device(Descriptor& properties, const std::string& json) {
  CHECK(properties.set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR,
                       std::vector<char>(json.begin(), json.end())) == 0);
}

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

TEST_CASE("a heuristic proposes engines, an engine makes a plan, a plan is a text", "[cudnn]") {
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

  // What a heuristic fills needs no finalization of its own.
  Descriptor config(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR), engine(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  REQUIRE(heuristic.fill(CUDNN_ATTR_ENGINEHEUR_RESULTS, config) == CUDNN_STATUS_SUCCESS);
  REQUIRE(config.fill(CUDNN_ATTR_ENGINECFG_ENGINE, engine) == CUDNN_STATUS_SUCCESS);
  Numbers index(1);
  CHECK(engine.get(CUDNN_ATTR_ENGINE_GLOBAL_INDEX, CUDNN_TYPE_INT64, index) == CUDNN_STATUS_SUCCESS);
  std::vector<cudnnBackendNumericalNote_t> notes(CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
  CHECK(engine.get(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE, notes) == CUDNN_STATUS_SUCCESS);
  CHECK(notes.size() < CUDNN_NUMERICAL_NOTE_TYPE_COUNT);

  Descriptor nothing(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  CHECK(nothing.refer(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, properties) == CUDNN_STATUS_SUCCESS);
  CHECK(bad_parameter(nothing.finalize()));
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
