#include "host/graph/schedule.hpp"

#include "host/training/training_plan.hpp"
#include "tests/support/catch.hpp"

using namespace dae;
using Kind = Schedule::Kind;

TEST_CASE("rates rise while warming up, then follow their schedule", "[schedule]") {
  const auto constant = [](std::uint64_t step) { return rate_factor({.warmup = 4}, step, 100); };
  CHECK(constant(0) == 0.25);
  CHECK(constant(3) == 1);
  CHECK(constant(99) == 1);
  CHECK(rate_factor({}, 0, 100) == 1);

  const Schedule dropping{.kind = Kind::step, .drop_every = 10, .drop = 0.5};
  CHECK(rate_factor(dropping, 9, 100) == 1);
  CHECK(rate_factor(dropping, 10, 100) == 0.5);
  CHECK(rate_factor(dropping, 39, 100) == Approx(0.125));
  CHECK(rate_factor({.kind = Kind::step}, 33, 99) == Approx(0.1));

  const Schedule cosine{.kind = Kind::cosine, .warmup = 10, .end = 0.01};
  CHECK(rate_factor(cosine, 4, 111) == 0.5);
  CHECK(rate_factor(cosine, 10, 111) == 1);
  CHECK(rate_factor(cosine, 60, 111) == Approx(0.505));
  CHECK(rate_factor(cosine, 110, 111) == Approx(0.01));
  CHECK(rate_factor(cosine, 500, 111) == Approx(0.01));
}

TEST_CASE("one cycle goes up and far down", "[schedule]") {
  // PyTorch's OneCycleLR(max_lr=1, total_steps=101) gives the same but for its rise of 29.3 steps.
  const Schedule cycle{.kind = Kind::one_cycle};
  CHECK(rate_factor(cycle, 0, 101) == Approx(0.04));
  CHECK(rate_factor(cycle, 15, 101) == Approx(0.52));
  CHECK(rate_factor(cycle, 30, 101) == 1);
  CHECK(rate_factor(cycle, 65, 101) == Approx(0.5).margin(1e-5));
  CHECK(rate_factor(cycle, 100, 101) == Approx(4e-6));
  CHECK(rate_factor({.kind = Kind::one_cycle, .warmup = 10}, 10, 101) == 1);
  CHECK(rate_factor(cycle, 0, 1) == Approx(4e-6).margin(1));
}

TEST_CASE("the average follows closely at first", "[schedule]") {
  TrainingPlan plan;
  plan.optimizer = Sgd{.rate = 0.5f};
  plan.schedule = {.warmup = 2};
  plan.average_decay = 0.9f;
  plan.clip_norm = 3;
  const Update first = update_at(plan, 0, 10);
  CHECK(rate_of(first.optimizer) == 0.25f);
  CHECK(std::get<Sgd>(first.optimizer).momentum == 0.9f);
  CHECK(first.average_decay == Approx(0.1));
  CHECK(first.clip_norm == 3);
  CHECK(update_at(plan, 1000, 10).average_decay == 0.9f);
  plan.average_decay = 0;
  CHECK(update_at(plan, 5, 10).average_decay == 0);
}
