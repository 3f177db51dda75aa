#pragma once

#include <string>
#include <vector>

namespace dae {

/// One convolution from as many channels to as many, forward and backward, for a block of images on one thread.
struct SweepResult {
  int channels = 0, kernel = 0, size = 0;  ///< Images are size x size.
  bool upsampled = false;                  ///< The image is doubled first; `size` is before that.
  double microseconds = 0;
  double direct_over_peak = 0;  ///< Rate as if it were carried out by its definition, over the FMA peak.
};

struct Sweep {
  std::string isa;  ///< As DAE_CPU_ISA names it.
  double fma_peak_gflops = 0;
  std::vector<SweepResult> results;
};

/// Shapes of all kinds, odd numbers of channels and odd sizes among them; the times are 0.
std::vector<SweepResult> sweep_shapes();
/// Times the shapes on the CPU device. Every time is the shortest of `rounds`.
Sweep bench_sweep(std::vector<SweepResult> shapes, int rounds);

}  // namespace dae
