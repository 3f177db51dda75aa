#include "host/cpu/stages/convolution.hpp"

#include <algorithm>

#include "host/cpu/stages/convolutions.hpp"

namespace dae::cpu {

ConvShape::ConvShape(const Conv2d& op, const Shape& in, const Shape& out, int factor, const Shape& whole)
    : kernel(op.kernel),
      before(op.padding == Padding::same ? (op.kernel - 1) / 2 : 0),
      in_channels(in.c),
      out_channels(op.filters),
      in_height(in.h),
      in_width(in.w),
      out_height(out.h),
      out_width(out.w),
      upsampling(factor),
      whole_height(whole.h),
      whole_width(whole.w) {
  // Zero rows for a valid convolution of a whole image; of a tile the output is as large as the input.
  after = std::max(out.h - in.h * factor, out.w - in.w * factor) + op.kernel - 1 - before;
}

bool may_be_cut(const ConvShape& tile, bool rows, bool columns) {
  if (UpsampledConvolution::suits(tile)) return true;
  if (tile.upsampling > 1) return may_be_cut(PhaseConvolution::phases_of(tile), rows, columns);
  if (!WinogradConvolution::suits(tile)) return true;
  // Winograd's own tiles must stay whole.
  const int unit = WinogradConvolution::outputs(tile);
  return (!rows || tile.out_height % unit == 0) && (!columns || tile.out_width % unit == 0);
}

bool can_upsample(const Conv2d& op, int factor) {
  // A kernel of 1x1 would better be applied before upsampling; that is left to who writes the graph.
  return factor > 1 && op.kernel > 1;
}

std::unique_ptr<Convolution> make_convolution(const ConvShape& shape, const ConvTensors& tensors) {
  if (UpsampledConvolution::suits(shape)) return std::make_unique<UpsampledConvolution>(shape, tensors);
  if (shape.upsampling > 1) return std::make_unique<PhaseConvolution>(shape, tensors);
  if (WinogradConvolution::suits(shape)) return std::make_unique<WinogradConvolution>(shape, tensors);
  return std::make_unique<DirectConvolution>(shape, tensors);
}

}  // namespace dae::cpu
