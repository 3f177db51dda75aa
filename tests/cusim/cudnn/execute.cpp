#include <algorithm>

#include "tests/cusim/cudnn/compute.hpp"
#include "tests/cusim/runtime.hpp"
#include "tests/cusim/tasks.hpp"

namespace cusim::cudnn {
namespace {

/// All that an execution needs, kept as long as it may run.
struct Run {
  std::vector<Operation> operations;
  std::map<std::int64_t, void*> pointers;
  const Engine& engine;
  void* workspace = nullptr;
  std::int64_t runs = 0;  // how often it ran, perhaps in a graph

  void check_memory() const;
  [[nodiscard]] Numbers load(const Tensor& tensor, const std::map<std::int64_t, Numbers>& made) const;
  void store(const Tensor& tensor, const Numbers& numbers) const;
  [[nodiscard]] std::vector<Numbers> compute(const Operation& operation, const std::vector<Numbers>& in) const;
  void go();
};

/// Calls action(offset in elements) for each element in n, h, w, c order.
template <class Action>
void for_elements(const Tensor& tensor, const Action& action) {
  const Extent &d = tensor.dims, &s = tensor.strides;
  for (std::int64_t n = 0; n < d.n; ++n)
    for (std::int64_t y = 0; y < d.h; ++y)
      for (std::int64_t x = 0; x < d.w; ++x)
        for (std::int64_t c = 0; c < d.c; ++c) action(static_cast<std::size_t>(n * s.n + y * s.h + x * s.w + c * s.c));
}

void Run::check_memory() const {
  for (const auto& [tensor, written] : placed_tensors(operations))
    require_device_memory(pointers.at(tensor.uid), tensor.bytes(), static_cast<std::size_t>(tensor.alignment),
                          "cuDNN tensor " + std::to_string(tensor.uid));
  if (engine.workspace == 0) return;
  require_device_memory(workspace, static_cast<std::size_t>(engine.workspace), 1, "cuDNN workspace");
  std::memset(workspace, 0xFF, static_cast<std::size_t>(engine.workspace));
}

Numbers Run::load(const Tensor& tensor, const std::map<std::int64_t, Numbers>& made) const {
  if (tensor.is_virtual) return made.at(tensor.uid);
  const bool rounds = tensor.type == CUDNN_DATA_FLOAT && engine.noted(CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS);
  Numbers numbers;
  numbers.reserve(tensor.dims.size());
  for_elements(tensor, [&](std::size_t i) {
    const float value = cudnn::load(pointers.at(tensor.uid), i, tensor.type);
    numbers.push_back(rounds ? tf32(value) : value);
  });
  return numbers;
}

void Run::store(const Tensor& tensor, const Numbers& numbers) const {
  std::size_t next = 0;
  for_elements(tensor, [&](std::size_t i) { cudnn::store(pointers.at(tensor.uid), i, tensor.type, numbers[next++]); });
}

Numbers pointwise(const Operation& operation, const std::vector<Numbers>& in) {
  Numbers out = in[0];
  for (std::size_t i = 0; i < out.size(); ++i)
    if (operation.pointwise == CUDNN_POINTWISE_ADD)
      out[i] += in[1][i % in[1].size()];  // one a channel: channels lie side by side
    else if (out[i] < 0)
      out[i] = 0;
  return out;
}

std::vector<Numbers> Run::compute(const Operation& o, const std::vector<Numbers>& in) const {
  const Extent& out = o.writes[0].dims;
  const auto dims = [&o](std::size_t i) { return o.reads[i].dims; };
  switch (o.kind) {
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR:
      return {correlate(in[0], dims(0), in[1], dims(1), o.geometry.before, out)};
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR:
      return {correlate_data(in[0], dims(0), in[1], dims(1), o.geometry.before, out)};
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR:
      return {correlate_filter(in[0], dims(0), in[1], dims(1), o.geometry.before, out,
                               engine.noted(CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC) ? runs : 0)};
    case CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR:
      return {pointwise(o, in)};
    case CUDNN_BACKEND_OPERATION_RESAMPLE_FWD_DESCRIPTOR: {
      Maxima maxima = max_pool(in[0], dims(0), o.geometry.window, out);
      return {std::move(maxima.values), std::move(maxima.index)};
    }
    default:
      return {max_pool_backward(in[0], in[1], dims(0), o.geometry.window, out)};
  }
}

void Run::go() {
  ++runs;
  check_memory();
  std::map<std::int64_t, Numbers> made;
  for (const Operation& operation : operations) {
    std::vector<Numbers> in;
    for (const Tensor& tensor : operation.reads) in.push_back(load(tensor, made));
    std::vector<Numbers> out = compute(operation, in);
    if (engine.noted(CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION))
      for (float& value : out[0]) value = tf32(value);
    for (std::size_t i = 0; i < operation.writes.size(); ++i) {
      const Tensor& tensor = operation.writes[i];
      if (tensor.is_virtual)
        made[tensor.uid] = std::move(out[i]);
      else
        store(tensor, out[i]);
    }
  }
}

/// A GPU would answer with wrong numbers, sometimes.
void require_apart(const Run& run) {
  struct Range {
    const char* begin;
    std::size_t bytes;
    bool written;
  };
  std::vector<Range> ranges = {
      {static_cast<const char*>(run.workspace), static_cast<std::size_t>(run.engine.workspace), true}};
  for (const auto& [tensor, written] : placed_tensors(run.operations)) {
    const Range range{static_cast<const char*>(run.pointers.at(tensor.uid)), tensor.bytes(), written};
    for (const Range& other : ranges)
      if ((range.written || other.written) && range.begin < other.begin + other.bytes &&
          other.begin < range.begin + range.bytes)
        bug("cudnnBackendExecute: what an operation writes overlaps another of its operands");
    ranges.push_back(range);
  }
}

}  // namespace

void execute(cudnnHandle_t handle, Backend& plan, const Backend& pack) {
  const Backend& described = *plan.part(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG)->part(CUDNN_ATTR_ENGINECFG_ENGINE);
  const auto run =
      std::make_shared<Run>(Run{.operations = operations_of(*described.part(CUDNN_ATTR_ENGINE_OPERATION_GRAPH)),
                                .pointers = {},
                                .engine = engine_of(described.one<std::int64_t>(CUDNN_ATTR_ENGINE_GLOBAL_INDEX))});
  const auto uids = pack.all<std::int64_t>(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS);
  const auto data = pack.all<void*>(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS);
  for (std::size_t i = 0; i < uids.size(); ++i) run->pointers[uids[i]] = data[i];
  std::string name;
  for (const Operation& operation : run->operations) name += (name.empty() ? "cuDNN " : " + ") + operation.name();
  for (const auto& [tensor, written] : placed_tensors(run->operations)) {
    const auto pointer = run->pointers.find(tensor.uid);
    require(pointer != run->pointers.end() && pointer->second != nullptr, CUDNN_STATUS_BAD_PARAM,
            "no pointer for tensor " + std::to_string(tensor.uid));
    require(reinterpret_cast<std::uintptr_t>(pointer->second) % static_cast<std::uintptr_t>(tensor.alignment) == 0,
            CUDNN_STATUS_BAD_PARAM, "the pointer of tensor " + std::to_string(tensor.uid) + " is misaligned");
  }
  if (pack.has(CUDNN_ATTR_VARIANT_PACK_WORKSPACE)) run->workspace = pack.one<void*>(CUDNN_ATTR_VARIANT_PACK_WORKSPACE);
  require(run->engine.workspace == 0 || run->workspace != nullptr, CUDNN_STATUS_BAD_PARAM, "no workspace");
  require_apart(*run);
  // A plan's kernels are loaded, and compiled, when it first runs, which nothing may do inside a capture.
  require(plan.ran || !capturing(handle->stream), CUDNN_STATUS_EXECUTION_FAILED,
          "kernels would be loaded in a capture");
  plan.ran = true;
  std::size_t bytes = 0;
  for (const auto& [tensor, written] : placed_tensors(run->operations)) bytes += tensor.bytes();
  const double milliseconds = run->engine.milliseconds * std::max(1.0, static_cast<double>(bytes) / 4096);
  spend(run->engine.host_milliseconds);
  require(enqueue(
              handle->stream, name, [run] { run->go(); }, milliseconds) == cudaSuccess,
          CUDNN_STATUS_EXECUTION_FAILED, "the stream does not take work");
}

}  // namespace cusim::cudnn
