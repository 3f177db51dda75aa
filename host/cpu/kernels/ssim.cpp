#include "host/cpu/kernels/table.hpp"

#include "host/cpu/kernels/rows.hpp"

// 1 - SSIM of a block and its gradient. With the windowed means mx, my, mean squares xx, yy and mean product xy, SSIM
// is a function of a window's five numbers; its derivatives with respect to mx, xx and xy, spread back over the window
// by the same weights, give the gradient: m + 2 x xx' + y xy' at each pixel.
namespace dae::cpu::DAE_ISA {
namespace {

/// Scratch planes of one size, one behind the other.
struct Stack {
  float* at;
  int height, width;

  [[nodiscard]] DAE_METHOD float* pixel(int plane, int y, int x) const {
    return at + ((static_cast<std::ptrdiff_t>(plane) * height + y) * width + x) * lanes;
  }
};

/// One channel's planes: pixels, sums over rows of a window (later, grads spread over columns), grads of windows.
struct Channel {
  const LossTask& task;
  int channel;
  Stack rows, grads;

  Channel(const LossTask& loss_task, int c)
      : task(loss_task),
        channel(c),
        rows{task.scratch, task.output.height, task.output.width - task.side + 1},
        grads{rows.pixel(5, 0, 0), task.output.height - task.side + 1, rows.width} {}

  [[nodiscard]] DAE_METHOD Vec output(int y, int x) const { return load(pixel(task.output, channel, y, x)); }
  [[nodiscard]] DAE_METHOD Vec target(int y, int x) const { return load(pixel(task.target, channel, y, x)); }
};

void sum_rows(const Channel& c) {
  for (int y = 0; y < c.rows.height; ++y)
    for (int x = 0; x < c.rows.width; ++x) {
      Vec sums[5] = {};
      for (int i = 0; i < c.task.side; ++i) {
        const Vec weight = splat(c.task.window[i]), out = c.output(y, x + i), target = c.target(y, x + i);
        const Vec weighted_out = weight * out, weighted_target = weight * target;
        sums[0] += weighted_out;
        sums[1] += weighted_target;
        sums[2] += weighted_out * out;
        sums[3] += weighted_target * target;
        sums[4] += weighted_out * target;
      }
      for (int k = 0; k < 5; ++k) store(c.rows.pixel(k, y, x), sums[k]);
    }
}

/// Adds up 1 - SSIM of all windows and leaves its grads with respect to mx, xx and xy.
void compare_windows(const Channel& c) {
  for (int y = 0; y < c.grads.height; ++y) {
    Vec loss = {};
    for (int x = 0; x < c.grads.width; ++x) {
      Vec mean[5] = {};
      for (int i = 0; i < c.task.side; ++i)
        for (int k = 0; k < 5; ++k) mean[k] += c.task.window[i] * load(c.rows.pixel(k, y + i, x));
      const Vec mx = mean[0], my = mean[1];
      const Vec a1 = 2.0f * mx * my + c.task.c1, a2 = 2.0f * (mean[4] - mx * my) + c.task.c2;
      const Vec b1 = mx * mx + my * my + c.task.c1, b2 = (mean[2] - mx * mx) + (mean[3] - my * my) + c.task.c2;
      const Vec bottom = 1.0f / (b1 * b2), ssim = a1 * a2 * bottom;
      loss += 1.0f - ssim;
      const Vec d_a1 = a2 * bottom, d_a2 = a1 * bottom, d_b1 = -ssim / b1, d_b2 = -ssim / b2;
      store(c.grads.pixel(0, y, x), 2.0f * (my * (d_a1 - d_a2) + mx * (d_b1 - d_b2)));
      store(c.grads.pixel(1, y, x), d_b2);
      store(c.grads.pixel(2, y, x), 2.0f * d_a2);
    }
    for (int lane = 0; lane < lanes; ++lane) c.task.sums.loss[lane] += static_cast<double>(loss[lane]);
  }
}

void spread_columns(const Channel& c) {
  for (int y = 0; y < c.rows.height; ++y) {
    const int first = y < c.grads.height ? 0 : y - c.grads.height + 1, end = y < c.task.side ? y + 1 : c.task.side;
    for (int x = 0; x < c.rows.width; ++x)
      for (int k = 0; k < 3; ++k) {
        Vec sum = {};
        for (int i = first; i < end; ++i) sum += c.task.window[i] * load(c.grads.pixel(k, y - i, x));
        store(c.rows.pixel(k, y, x), sum);
      }
  }
}

void spread_rows(const Channel& c) {
  const IntVec is_image = load_numbers(c.task.rows) > 0;
  for (int y = 0; y < c.rows.height; ++y)
    for (int x = 0; x < c.task.output.width; ++x) {
      const int first = x < c.rows.width ? 0 : x - c.rows.width + 1, end = x < c.task.side ? x + 1 : c.task.side;
      Vec sums[3] = {};
      for (int i = first; i < end; ++i)
        for (int k = 0; k < 3; ++k) sums[k] += c.task.window[i] * load(c.rows.pixel(k, y, x - i));
      const Vec grad = sums[0] + 2.0f * c.output(y, x) * sums[1] + c.target(y, x) * sums[2];
      // A selection: a lane without an image stays zero whatever it holds.
      store(pixel(c.task.gradient, c.channel, y, x), is_image ? -grad * c.task.scale : Vec{});
    }
}

}  // namespace

void ssim(const LossTask& task) {
  for (int channel = 0; channel < task.output.channels; ++channel) {
    const Channel c(task, channel);
    sum_rows(c);
    compare_windows(c);
    if (task.gradient.at != nullptr) {
      spread_columns(c);
      spread_rows(c);
    }
    if (task.sums.squared_error == nullptr) continue;
    for (int y = 0; y < task.output.height; ++y) {
      Vec squares = {};
      for (int x = 0; x < task.output.width; ++x) {
        const Vec error = c.output(y, x) - c.target(y, x);
        squares += error * error;
      }
      for (int lane = 0; lane < lanes; ++lane) task.sums.squared_error[lane] += static_cast<double>(squares[lane]);
    }
  }
}

}  // namespace dae::cpu::DAE_ISA
