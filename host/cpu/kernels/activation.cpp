#include "host/cpu/kernels/table.hpp"

#include "host/cpu/kernels/math.hpp"
#include "host/cpu/kernels/rows.hpp"

namespace dae::cpu::DAE_ISA {

void relu(ConstPlanes in, Planes out) {
  for_pixels(in, [&](int c, int y, int x) { store(pixel(out, c, y, x), relu(load(pixel(in, c, y, x)))); });
}

void relu_backward(ConstPlanes out, ConstPlanes d_out, Planes d_in, bool accumulate) {
  for_pixels(out, [&](int c, int y, int x) {
    const Vec grad = load(pixel(out, c, y, x)) > 0.0f ? load(pixel(d_out, c, y, x)) : Vec{};
    put(pixel(d_in, c, y, x), grad, accumulate);
  });
}

void relu_bias_backward(ConstPlanes out, Planes grad, float* bias_gradient) {
  for (int c = 0; c < grad.channels; ++c) {
    Vec sum = {};
    for (int y = 0; y < grad.height; ++y) {
      const float* value = pixel(out, c, y, 0);
      float* at = pixel(grad, c, y, 0);
      for (int x = 0; x < grad.width; ++x, value += lanes, at += lanes) {
        const Vec passed = load(value) > 0.0f ? load(at) : Vec{};
        store(at, passed);
        sum += passed;
      }
    }
    bias_gradient[c] += horizontal_sum(sum);
  }
}

void sigmoid(ConstPlanes in, Planes out) {
  for_pixels(in, [&](int c, int y, int x) {
    const Vec z = load(pixel(in, c, y, x));
    store(pixel(out, c, y, x), sigmoid(z, exp_negative(z > 0.0f ? -z : z)));
  });
}

void sigmoid_backward(ConstPlanes out, ConstPlanes d_out, Planes d_in, bool accumulate) {
  for_pixels(out, [&](int c, int y, int x) {
    const Vec s = load(pixel(out, c, y, x));
    put(pixel(d_in, c, y, x), load(pixel(d_out, c, y, x)) * s * (1.0f - s), accumulate);
  });
}

}  // namespace dae::cpu::DAE_ISA
