#include "host/cpu/kernels/phases.hpp"

#include "host/cpu/kernels/rows.hpp"

namespace dae::cpu::DAE_ISA {

void spread_phases(ConstPlanes phases, int factor, Planes out, const Epilogue& epilogue) {
  for (int c = 0; c < out.channels; ++c) {
    const Vec bias = epilogue.bias != nullptr ? splat(epilogue.bias[c]) : Vec{};
    for (int y = 0; y < out.height; ++y)
      for (int b = 0; b < factor; ++b) {
        const int phase = (y % factor * factor + b) * out.channels + c;
        const float* from = pixel(phases, phase, y / factor, 0);
        float* to = pixel(out, c, y, b);
        for (int x = b; x < out.width; x += factor, from += lanes, to += factor * lanes) {
          Vec value = load(from) + bias;
          if (epilogue.accumulate) value += load(to);
          store(to, epilogue.relu ? relu(value) : value);
        }
      }
  }
}

void gather_phases(ConstPlanes d_out, int factor, Planes phases) {
  for_pixels(phases, [&](int channel, int i, int j) {
    const int phase = channel / d_out.channels, c = channel % d_out.channels;
    const int y = i * factor + phase / factor, x = j * factor + phase % factor;
    const bool inside = y < d_out.height && x < d_out.width;
    store(pixel(phases, channel, i, j), inside ? load(pixel(d_out, c, y, x)) : Vec{});
  });
}

}  // namespace dae::cpu::DAE_ISA
