#include "host/cpu/kernels/upsampled_conv.hpp"

#include "host/cpu/kernels/kernel_lanes.hpp"
#include "host/cpu/kernels/rows.hpp"

namespace dae::cpu::DAE_ISA {

void upsampled_weights(const float* weights, std::ptrdiff_t pairs, float* frequencies) {
  for (std::ptrdiff_t first = 0; first < pairs; first += lanes) {
    const int count = kernels_here(pairs, first);
    Vec w[3][3], rows[3][3];
    load_kernels(weights + first * 9, count, false, w);
    for (int j = 0; j < 3; ++j) {
      rows[0][j] = w[0][j] + w[1][j] + w[2][j];
      rows[1][j] = -w[0][j];
      rows[2][j] = w[2][j];
    }
    for (int i = 0; i < 3; ++i) {
      float* to = frequencies + i * 3 * pairs + first;
      store_some(to, count, rows[i][0] + rows[i][1] + rows[i][2]);
      store_some(to + pairs, count, -rows[i][0]);
      store_some(to + 2 * pairs, count, rows[i][2]);
    }
  }
}

void upsampled_weight_gradient(const float* frequencies, std::ptrdiff_t pairs, std::ptrdiff_t kernels,
                               float* gradient) {
  for (std::ptrdiff_t first = 0; first < kernels; first += lanes) {
    const int count = kernels_here(kernels, first);
    Vec w[3][3], rows[3][3];
    for (int i = 0; i < 3; ++i) {
      const float* from = frequencies + i * 3 * pairs + first;
      const Vec all = load_some(from, count);
      rows[i][0] = all - load_some(from + pairs, count);
      rows[i][1] = all;
      rows[i][2] = all + load_some(from + 2 * pairs, count);
    }
    for (int j = 0; j < 3; ++j) {
      w[0][j] = rows[0][j] - rows[1][j];
      w[1][j] = rows[0][j];
      w[2][j] = rows[0][j] + rows[2][j];
    }
    add_kernels(gradient + first * 9, count, w);
  }
}

void upsampled_input(ConstPlanes in, Planes across, Planes down, Planes both) {
  for (int c = 0; c < in.channels; ++c)
    for (int y = 0; y <= in.height; ++y) {
      const float* here = pixel(in, c, y, 0);
      const float* above = here - in.row;
      for (int x = 0; x <= in.width; ++x, here += lanes, above += lanes) {
        const Vec d = load(here) - load(here - lanes);
        if (y < in.height) store(pixel(across, c, y, x), d);
        if (x < in.width) store(pixel(down, c, y, x), load(here) - load(above));
        store(pixel(both, c, y, x), d - (load(above) - load(above - lanes)));
      }
    }
}

void upsampled_output(ConstPlanes in, std::ptrdiff_t frequency, Planes out, const Epilogue& epilogue) {
  for (int c = 0; c < in.channels; ++c) {
    const Vec bias = splat(epilogue.bias != nullptr ? epilogue.bias[c] : 0.0f);
    const auto finished = [&](float* to, Vec sum) {
      if (epilogue.accumulate) sum += load(to);
      store(to, epilogue.relu ? relu(sum) : sum);
    };
    for (int y = 0; y < in.height; ++y) {
      const float* m = pixel(in, c, y, 0);
      float* to = pixel(out, c, 2 * y, 0);
      for (int x = 0; x < in.width; ++x, m += lanes, to += 2 * lanes) {
        const auto product = [&](int i, int j) { return load(m + (i * 3 + j) * frequency); };
        const Vec left = product(0, 0) + product(0, 1) + bias, right = product(0, 0) + product(0, 2) + bias;
        finished(to, left + (product(1, 0) + product(1, 1)));
        finished(to + lanes, right + (product(1, 0) + product(1, 2)));
        finished(to + out.row, left + (product(2, 0) + product(2, 1)));
        finished(to + out.row + lanes, right + (product(2, 0) + product(2, 2)));
      }
    }
  }
}

void upsampled_grad(ConstPlanes d_out, Planes out, std::ptrdiff_t frequency) {
  for (int c = 0; c < out.channels; ++c)
    for (int y = 0; y < out.height; ++y) {
      const float* from = pixel(d_out, c, 2 * y, 0);
      float* to = pixel(out, c, y, 0);
      for (int x = 0; x < out.width; ++x, from += 2 * lanes, to += lanes) {
        // e0, e1 and e2 of the columns 2x - 1 to 2x + 2, first down the rows, then along.
        Vec e[3][4];
        DAE_UNROLL
        for (int j = 0; j < 4; ++j) {
          const float* at = from + (j - 1) * lanes;
          const Vec above = load(at - d_out.row), upper = load(at), lower = load(at + d_out.row),
                    below = load(at + 2 * d_out.row);
          e[0][j] = upper + lower;
          e[1][j] = upper - below;
          e[2][j] = above - lower;
        }
        DAE_UNROLL
        for (int i = 0; i < 3; ++i) {
          store(to + i * 3 * frequency, e[i][1] + e[i][2]);
          store(to + (i * 3 + 1) * frequency, e[i][1] - e[i][3]);
          store(to + (i * 3 + 2) * frequency, e[i][0] - e[i][2]);
        }
      }
    }
}

}  // namespace dae::cpu::DAE_ISA
