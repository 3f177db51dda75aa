#include "host/cpu/kernels/table.hpp"

#include "dae/loss_kinds.hpp"
#include "host/cpu/kernels/math.hpp"
#include "host/cpu/kernels/rows.hpp"

// One pass over a block's output gives the loss, its gradient and the squared error.
namespace dae::cpu::DAE_ISA {
namespace {

/// The loss of one pixel, its gradient and the output's error.
struct Term {
  Vec loss, grad, error;
};

/// Adds a row's sums, in double.
DAE_INLINE void add_row(const LossSums& sums, Vec loss, Vec squared_error) {
  for (int lane = 0; lane < lanes; ++lane) {
    sums.loss[lane] += static_cast<double>(loss[lane]);
    if (sums.squared_error != nullptr) sums.squared_error[lane] += static_cast<double>(squared_error[lane]);
  }
}

/// Adds up rows in float and rows' sums in double: a sum over a large photo stays exact to 1e-6.
template <class Pixel>
void run(const LossTask& task, Pixel term_of) {
  const IntVec rows = load_numbers(task.rows), columns = load_numbers(task.columns);
  for (int c = 0; c < task.output.channels; ++c)
    for (int y = 0; y < task.output.height; ++y) {
      const IntVec row_counts = rows > y;
      Vec loss = {}, squared_error = {};
      for (int x = 0; x < task.output.width; ++x) {
        const Term term = term_of(load(pixel(task.output, c, y, x)), load(pixel(task.target, c, y, x)));
        // Selections, not products: what does not count may hold anything.
        const IntVec counts = row_counts & (columns > x);
        loss += counts ? term.loss : Vec{};
        squared_error += counts ? term.error * term.error : Vec{};
        if (task.gradient.at != nullptr) store(pixel(task.gradient, c, y, x), counts ? term.grad * task.scale : Vec{});
      }
      add_row(task.sums, loss, squared_error);
    }
}

DAE_INLINE Term term(const Bce&, Vec z, Vec t) {
  const Vec e = exp_negative(z > 0.0f ? -z : z);
  const Vec output = sigmoid(z, e);
  return {relu(z) - z * t + log_one_plus(e), output - t, output - t};
}

DAE_INLINE Term term(const Mse&, Vec y, Vec t) { return {(y - t) * (y - t), 2.0f * (y - t), y - t}; }

DAE_INLINE Term term(const L1&, Vec y, Vec t) {
  const Vec d = y - t;
  return {d < 0.0f ? -d : d, d < 0.0f ? splat(-1.0f) : d > 0.0f ? splat(1.0f) : Vec{}, d};
}

DAE_INLINE Term term(const Charbonnier& loss, Vec y, Vec t) {
  const Vec d = y - t, length = square_root(d * d + loss.epsilon * loss.epsilon);
  return {length, d / length, d};
}

DAE_INLINE Term term(const Dot&, Vec y, Vec t) { return {y * t, t, y - t}; }

/// A loss that is a sum of terms.
template <class Each>
void run_loss(const LossTask& task) {
  const Each loss = *static_cast<const Each*>(task.loss);
  run(task, [loss](Vec y, Vec t) { return term(loss, y, t); });
}

template <>
void run_loss<Ssim>(const LossTask& task) {
  ssim(task);
}

template <class... Each>
struct Runs {
  static constexpr void (*at[])(const LossTask&) = {run_loss<Each>...};
};

}  // namespace

void loss(const LossTask& task) { OfLosses<Runs>::at[task.kind](task); }

}  // namespace dae::cpu::DAE_ISA
