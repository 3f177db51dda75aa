#include "host/cpu/kernels/kernel_lanes.hpp"
#include "host/cpu/kernels/winograd.hpp"

namespace dae::cpu::DAE_ISA {

void winograd_weights(const float* weights, std::ptrdiff_t pairs, float* frequencies) {
  // G has the rows 1 0 0, 1/2 1/2 1/2, 1/2 -1/2 1/2 and 0 0 1.
  const auto spread = [](Vec a, Vec b, Vec c, Vec(&out)[4]) {
    const Vec ends = 0.5f * (a + c), middle = 0.5f * b;
    out[0] = a;
    out[1] = ends + middle;
    out[2] = ends - middle;
    out[3] = c;
  };
  for (std::ptrdiff_t first = 0; first < pairs; first += lanes) {
    const int count = kernels_here(pairs, first);
    Vec w[3][3], rows[3][4], all[4];
    load_kernels(weights + first * 9, count, w);
    for (int i = 0; i < 3; ++i) spread(w[i][0], w[i][1], w[i][2], rows[i]);
    for (int j = 0; j < 4; ++j) {
      spread(rows[0][j], rows[1][j], rows[2][j], all);
      for (int i = 0; i < 4; ++i) store_some(frequencies + (i * 4 + j) * pairs + first, count, all[i]);
    }
  }
}

void winograd_weight_gradient(const float* frequencies, std::ptrdiff_t pairs, float* gradient) {
  const auto gather = [](const Vec(&in)[4], Vec& a, Vec& b, Vec& c) {
    const Vec sum = 0.5f * (in[1] + in[2]);
    a = in[0] + sum;
    b = 0.5f * (in[1] - in[2]);
    c = in[3] + sum;
  };
  for (std::ptrdiff_t first = 0; first < pairs; first += lanes) {
    const int count = kernels_here(pairs, first);
    Vec w[3][3], rows[3][4], all[4];
    for (int j = 0; j < 4; ++j) {
      for (int i = 0; i < 4; ++i) all[i] = load_some(frequencies + (i * 4 + j) * pairs + first, count);
      gather(all, rows[0][j], rows[1][j], rows[2][j]);
    }
    for (int i = 0; i < 3; ++i) gather(rows[i], w[i][0], w[i][1], w[i][2]);
    add_kernels(gradient + first * 9, count, w);
  }
}

}  // namespace dae::cpu::DAE_ISA
