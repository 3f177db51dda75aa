#pragma once

#include <cudnn_graph.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cuda/cudnn/descriptor.hpp"
#include "cuda/cudnn/operations.hpp"

namespace dae::cuda::cudnn {

/// The GPU that plans are made for: one that a handle drives, or hand-written properties of one that is not there
/// (tests).
class DeviceProperties {
 public:
  static DeviceProperties of(cudnnHandle_t handle);
  static DeviceProperties from_json(const std::string& json);

  [[nodiscard]] const Descriptor& descriptor() const { return descriptor_; }
  [[nodiscard]] std::string json() const;

 private:
  explicit DeviceProperties(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
  Descriptor descriptor_;
};

/// Which engines may run a graph, decided by the notes that cuDNN attaches to each engine.
struct PlanFilter {
  bool reduced_precision = false;    ///< Engines that multiply in TF32 or bf16; false for strict fp32.
  bool nondeterministic = false;     ///< Engines whose sums depend on timing.
  std::int64_t workspace_limit = 0;  ///< Bytes; 0: no limit.
};

/// One tensor of a graph and where it lies on the device.
struct Operand {
  std::int64_t uid = 0;
  void* data = nullptr;
};

/// An executable plan of one operation graph.
class Plan {
 public:
  Plan(Descriptor plan, std::string name, bool compiled);
  /// A plan that json() wrote, for the same cuDNN and device. Throws CudnnError when cuDNN does not take it; it does
  /// not notice every damage, so that the caller checks the text first.
  static Plan restore(const DeviceProperties&, const std::string& json, std::string name);

  [[nodiscard]] std::size_t workspace() const { return workspace_; }
  /// "A2 eng28": the heuristic's list, the place in it and the engine; the same for the same graph, cuDNN and device.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// True when making the plan compiled a kernel, which takes about a second.
  [[nodiscard]] bool compiled() const { return compiled_; }
  [[nodiscard]] std::string json() const;
  /// Enqueues on the handle's stream. `workspace` has workspace() bytes.
  void execute(cudnnHandle_t handle, std::span<const Operand> operands, void* workspace) const;

 private:
  Descriptor plan_;
  std::string name_;
  bool compiled_;
  std::size_t workspace_;
};

/// Executable plans that pass the filter, the heuristic's favourite first; at most `most`, and only the first of those
/// that have to be compiled. Throws DeviceError, with cuDNN's reason, when there is none.
std::vector<Plan> candidates(const OperationGraph&, const DeviceProperties&, const PlanFilter&, std::size_t most);

/// The plan of that name, if the heuristic still offers it and it passes the filter; else an empty list.
std::vector<Plan> named_candidate(const OperationGraph&, const DeviceProperties&, const PlanFilter&,
                                  const std::string& name);

}  // namespace dae::cuda::cudnn
