#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "cuda/context.hpp"
#include "cuda/kernels/step_params.hpp"
#include "cuda/runtime/memory.hpp"
#include "dae/optimizer.hpp"

namespace dae::cuda {

/// Keeps a StepParams's rates at what the coming steps are to have. Updates that are announced go up together, and each
/// step takes its own from the list; one that was not announced costs a launch, where it is another than the last.
class RateSchedule {
 public:
  RateSchedule(std::shared_ptr<Context> context, StepParams* params);

  /// The updates of the coming steps, in order.
  void announce(std::span<const Update> updates);
  /// Gives the next step this update.
  void set(const Update& update);
  /// Whether the step that was given an update last limits its gradients' norm, which takes two kernels more.
  [[nodiscard]] bool clipped() const { return current_ && current_->clip_norm > 0; }

 private:
  void withdraw();

  std::shared_ptr<Context> context_;
  StepParams* params_;
  std::vector<Update> announced_;
  std::size_t next_ = 0;           // of announced_
  std::optional<Update> current_;  // what the StepParams's rates were made from, or will be by then
  Memory<Rates> list_, pinned_;
  Event sent_;
};

}  // namespace dae::cuda
