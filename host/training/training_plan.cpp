#include "host/training/training_plan.hpp"

#include <algorithm>

#include "host/graph/loss.hpp"

namespace dae {

Update update_at(const TrainingPlan& plan, std::uint64_t step, std::uint64_t steps) {
  const double factor = rate_factor(plan.schedule, step, steps);
  Update update(with_rate(plan.optimizer, static_cast<float>(double{rate_of(plan.optimizer)} * factor)));
  update.clip_norm = plan.clip_norm;
  if (plan.average_decay > 0) {
    const auto t = static_cast<double>(step);
    update.average_decay = static_cast<float>(std::min(double{plan.average_decay}, (1 + t) / (10 + t)));
  }
  return update;
}

Spec spec_for(const TrainingPlan& plan, const Shape& sample, Mode mode, int images) {
  return {.shape = sample.with_batch(std::min(plan.batch, images)),
          .mode = mode,
          .loss = plan.loss.value_or(usual_loss(plan.graph)),
          .noise = plan.noise,
          .computation = plan.computation};
}

}  // namespace dae
