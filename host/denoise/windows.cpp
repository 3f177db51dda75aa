#include "host/denoise/windows.hpp"

#include <algorithm>
#include <cstddef>

namespace dae {
namespace {

int round_up(int value, int unit) { return (value + unit - 1) / unit * unit; }

}  // namespace

WindowRule::WindowRule(const WindowConstraints& constraints, bool one_size_)
    : one_size(one_size_),
      step(one_size ? constraints.stride : constraints.stride * WindowConstraints::square),
      overlap(round_up(constraints.exact_halo, step)),
      stride(constraints.stride) {}

int least_window(const WindowRule& rule) { return 2 * rule.overlap + rule.step; }

std::vector<Extent> cut(int length, int window, const WindowRule& rule) {
  const int padded = round_up(length, rule.stride);
  const int size = std::max(window / rule.step * rule.step, least_window(rule));
  std::vector<Extent> result;
  int done = 0;
  for (int first = 0; done < length; first += size - 2 * rule.overlap) {
    if (rule.one_size) first = std::max(0, std::min(first, padded - size));
    const int end = std::min(first + size, padded);
    const int used_end = end == padded ? length : end - rule.overlap;
    result.push_back({first, end - first, done, used_end - done});
    done = used_end;
  }
  return result;
}

int reflected(int i, int length) {
  if (length == 1) return 0;
  const int period = 2 * (length - 1);
  const int at = ((i % period) + period) % period;
  return at < length ? at : period - at;
}

void read_window(std::span<const float> image, const Shape& shape, const Window& window, std::span<float> to) {
  float* next = to.data();
  for (int y = window.y.first; y < window.y.first + window.y.size; ++y) {
    const std::ptrdiff_t row = std::ptrdiff_t{reflected(y, shape.h)} * shape.w;
    for (int x = window.x.first; x < window.x.first + window.x.size; ++x)
      next = std::copy_n(image.data() + (row + reflected(x, shape.w)) * shape.c, shape.c, next);
  }
}

void write_answer(std::span<const float> answer, const Window& window, const Shape& shape, std::span<float> image) {
  for (int y = 0; y < window.y.used_size; ++y) {
    const std::ptrdiff_t row = window.y.used_first - window.y.first + y;
    const std::ptrdiff_t from = row * window.x.size + window.x.used_first - window.x.first;
    const std::ptrdiff_t to = std::ptrdiff_t{window.y.used_first + y} * shape.w + window.x.used_first;
    std::copy_n(answer.data() + from * shape.c, window.x.used_size * shape.c, image.data() + to * shape.c);
  }
}

}  // namespace dae
