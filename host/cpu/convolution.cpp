#include "host/cpu/convolution.hpp"

#include "host/cpu/direct_convolution.hpp"
#include "host/cpu/phase_convolution.hpp"
#include "host/cpu/upsampled_convolution.hpp"
#include "host/cpu/winograd_convolution.hpp"

namespace dae::cpu {

ConvShape::ConvShape(const Conv2d& op, const Shape& in, const Shape& out, int factor)
    : kernel(op.kernel),
      before(op.padding == Padding::same ? (op.kernel - 1) / 2 : 0),
      after(op.padding == Padding::same ? op.kernel - 1 - before : 0),
      in_channels(in.c),
      out_channels(op.filters),
      in_height(in.h),
      in_width(in.w),
      out_height(out.h),
      out_width(out.w),
      upsampling(factor) {}

bool can_upsample(const Conv2d& op, int factor) {
  // A kernel of 1x1 would better be applied before upsampling; that is left to who writes the graph.
  return factor > 1 && op.kernel > 1;
}

std::unique_ptr<Convolution> make_convolution(const ConvShape& shape, const ConvWiring& wiring) {
  if (UpsampledConvolution::suits(shape)) return std::make_unique<UpsampledConvolution>(shape, wiring);
  if (shape.upsampling > 1) return std::make_unique<PhaseConvolution>(shape, wiring);
  if (WinogradConvolution::suits(shape)) return std::make_unique<WinogradConvolution>(shape, wiring);
  return std::make_unique<DirectConvolution>(shape, wiring);
}

}  // namespace dae::cpu
