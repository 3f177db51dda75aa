#include <algorithm>

#include "tests/cusim/documented/cudnn_descriptor.hpp"
#include "tests/cusim/documented/device_numbers.hpp"

/// \file
/// cuDNN's documentation of executing a plan ("cuDNN Backend API": cudnnBackendExecute, cudnnSetStream, and the
/// sections of execution plan and variant pack). Needs a GPU or the simulator of one.
using namespace documented;

namespace {

struct Handle {
  explicit Handle(const Stream& stream) {
    REQUIRE(cudnnCreate(&raw) == CUDNN_STATUS_SUCCESS);
    REQUIRE(cudnnSetStream(raw, stream.get()) == CUDNN_STATUS_SUCCESS);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { cudnnDestroy(raw); }
  cudnnHandle_t raw = nullptr;
};

/// The convolution of documented::Operation as a plan of the fallback list, whose first engine runs everywhere.
class Plan {
 public:
  explicit Plan(const Handle& handle) {
    REQUIRE(operation_.forward.finalize() == CUDNN_STATUS_SUCCESS);
    REQUIRE(graph_.refer(CUDNN_ATTR_OPERATIONGRAPH_OPS, operation_.forward) == CUDNN_STATUS_SUCCESS);
    REQUIRE(properties_.set(CUDNN_ATTR_DEVICEPROP_HANDLE, CUDNN_TYPE_HANDLE, std::vector{handle.raw}) == 0);
    for (Descriptor* part : {&graph_, &properties_}) REQUIRE(part->finalize() == CUDNN_STATUS_SUCCESS);
    Descriptor heuristic(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
    REQUIRE(heuristic.refer(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph_) == CUDNN_STATUS_SUCCESS);
    REQUIRE(heuristic.refer(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, properties_) == CUDNN_STATUS_SUCCESS);
    REQUIRE(heuristic.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, std::vector{CUDNN_HEUR_MODE_FALLBACK}) ==
            0);
    REQUIRE(heuristic.finalize() == CUDNN_STATUS_SUCCESS);
    std::int64_t count = 0;
    REQUIRE(heuristic.count(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR, count) == 0);
    std::vector<Descriptor> configs;
    configs.reserve(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) configs.emplace_back(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
    REQUIRE(heuristic.fill_all(CUDNN_ATTR_ENGINEHEUR_RESULTS, configs) == CUDNN_STATUS_SUCCESS);
    // Not every engine that is offered can be used: finalization says so. One of little workspace is wanted.
    for (const Descriptor& config : configs) {
      Descriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
      REQUIRE(plan.refer(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, config) == CUDNN_STATUS_SUCCESS);
      REQUIRE(plan.refer(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, properties_) == CUDNN_STATUS_SUCCESS);
      if (plan.finalize() != CUDNN_STATUS_SUCCESS || workspace_of(plan) > kMostWorkspace) continue;
      plan_ = std::move(plan);
      return;
    }
    FAIL("no engine runs the convolution");
  }

  /// The same plan from its text.
  void restore() {
    std::int64_t size = 0;
    REQUIRE(plan_.count(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, size) == 0);
    std::vector<char> text(static_cast<std::size_t>(size));
    REQUIRE(plan_.get(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, text) == CUDNN_STATUS_SUCCESS);
    Descriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
    REQUIRE(plan.refer(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, properties_) == CUDNN_STATUS_SUCCESS);
    REQUIRE(plan.set(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, text) == CUDNN_STATUS_SUCCESS);
    REQUIRE(plan.finalize() == CUDNN_STATUS_SUCCESS);
    plan_ = std::move(plan);
  }

  [[nodiscard]] std::int64_t workspace() { return workspace_of(plan_); }

  cudnnStatus_t execute(const Handle& handle, const Numbers& uids, const std::vector<void*>& data, void* workspace) {
    Descriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
    REQUIRE(pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64, uids) == CUDNN_STATUS_SUCCESS);
    REQUIRE(pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, data) == CUDNN_STATUS_SUCCESS);
    REQUIRE(pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, std::vector{workspace}) == 0);
    REQUIRE(pack.finalize() == CUDNN_STATUS_SUCCESS);
    return cudnnBackendExecute(handle.raw, plan_.raw(), pack.raw());
  }

 private:
  static constexpr std::int64_t kMostWorkspace = std::int64_t{1} << 26;

  static std::int64_t workspace_of(Descriptor& plan) {
    Numbers bytes(1);
    REQUIRE(plan.get(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, CUDNN_TYPE_INT64, bytes) == CUDNN_STATUS_SUCCESS);
    return bytes[0];
  }

  Operation operation_;
  Descriptor graph_{CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR}, properties_{CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR};
  Descriptor plan_{CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR};
};

/// Ones convolved with ones: 4 channels times the pixels of the 3x3 window that lie in the image.
std::vector<float> expected() {
  std::vector<float> y;
  for (int row = 0; row < 6; ++row)
    for (int column = 0; column < 6; ++column)
      for (int channel = 0; channel < 8; ++channel)
        y.push_back(4.0f * (row % 5 == 0 ? 2.0f : 3.0f) * (column % 5 == 0 ? 2.0f : 3.0f));
  return y;
}

struct Run {
  Stream stream;
  Handle handle{stream};
  Plan plan{handle};
  DeviceNumbers x{stream, std::vector<float>(1 * 6 * 6 * 4, 1.0f)}, w{stream, std::vector<float>(8 * 3 * 3 * 4, 1.0f)};
  DeviceNumbers y{stream, std::vector<float>(1 * 6 * 6 * 8, -1.0f)};
  DeviceNumbers workspace{stream, std::vector<float>(static_cast<std::size_t>(plan.workspace() / 4 + 1))};

  cudnnStatus_t execute() { return plan.execute(handle, {1, 2, 3}, {x.get(), w.get(), y.get()}, workspace.get()); }
};

}  // namespace

TEST_CASE("a plan computes what its graph says, again and again", "[cudnn][gpu]") {
  Run run;
  REQUIRE(run.execute() == CUDNN_STATUS_SUCCESS);
  CHECK(run.y.read() == expected());
  REQUIRE(run.execute() == CUDNN_STATUS_SUCCESS);
  CHECK(run.y.read() == expected());
}

TEST_CASE("a plan restored from its text computes the same", "[cudnn][gpu]") {
  Run run;
  run.plan.restore();
  REQUIRE(run.execute() == CUDNN_STATUS_SUCCESS);
  CHECK(run.y.read() == expected());
}

TEST_CASE("every tensor of a graph needs a pointer", "[cudnn][gpu]") {
  Run run;
  CHECK(run.plan.execute(run.handle, {1, 2}, {run.x.get(), run.w.get()}, run.workspace.get()) != CUDNN_STATUS_SUCCESS);
  CHECK(run.y.read() == std::vector<float>(6 * 6 * 8, -1.0f));
}

TEST_CASE("a plan that ran can be captured and runs when the graph is launched", "[cudnn][gpu]") {
  Run run;
  REQUIRE(run.execute() == CUDNN_STATUS_SUCCESS);
  run.stream.wait();
  DeviceNumbers other(run.stream, std::vector<float>(6 * 6 * 8, -1.0f));
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t exec = nullptr;
  REQUIRE(cudaStreamBeginCapture(run.stream.get(), cudaStreamCaptureModeThreadLocal) == cudaSuccess);
  CHECK(run.plan.execute(run.handle, {1, 2, 3}, {run.x.get(), run.w.get(), other.get()}, run.workspace.get()) ==
        CUDNN_STATUS_SUCCESS);
  REQUIRE(cudaStreamEndCapture(run.stream.get(), &graph) == cudaSuccess);
  std::size_t nodes = 0;
  REQUIRE(cudaGraphGetNodes(graph, nullptr, &nodes) == cudaSuccess);
  CHECK(nodes >= 1);
  CHECK(other.read() == std::vector<float>(6 * 6 * 8, -1.0f));
  REQUIRE(cudaGraphInstantiate(&exec, graph, 0) == cudaSuccess);
  REQUIRE(cudaGraphLaunch(exec, run.stream.get()) == cudaSuccess);
  CHECK(other.read() == expected());
  CHECK(cudaGraphExecDestroy(exec) == cudaSuccess);
  CHECK(cudaGraphDestroy(graph) == cudaSuccess);
}
