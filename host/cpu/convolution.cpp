#include "host/cpu/convolution.hpp"

#include <algorithm>

#include "host/cpu/direct_convolution.hpp"
#include "host/cpu/phase_convolution.hpp"
#include "host/cpu/upsampled_convolution.hpp"
#include "host/cpu/winograd_convolution.hpp"

namespace dae::cpu {

ConvShape::ConvShape(const Conv2d& op, const Shape& in, const Shape& out, int factor)
    : kernel(op.kernel),
      before(op.padding == Padding::same ? (op.kernel - 1) / 2 : 0),
      in_channels(in.c),
      out_channels(op.filters),
      in_height(in.h),
      in_width(in.w),
      out_height(out.h),
      out_width(out.w),
      upsampling(factor) {
  // Zero rows for a valid convolution of a whole image; of a tile the output is as large as the input.
  after = std::max(out.h - in.h * factor, out.w - in.w * factor) + op.kernel - 1 - before;
}

namespace {

enum class Way { upsampled, winograd, direct };

Way way_of(const ConvShape& shape) {
  if (UpsampledConvolution::suits(shape)) return Way::upsampled;
  return WinogradConvolution::suits(shape) ? Way::winograd : Way::direct;
}

}  // namespace

bool cuts_alike(const ConvShape& image, const ConvShape& tile, bool rows, bool columns) {
  const Way way = way_of(image);
  if (way != way_of(tile)) return false;
  if (image.upsampling > 1 && way != Way::upsampled)
    return cuts_alike(PhaseConvolution::phases_of(image), PhaseConvolution::phases_of(tile), rows, columns);
  // Winograd's own tiles are of 2x2.
  return way != Way::winograd || ((!rows || (tile.in_height % 2 == 0 && tile.out_height % 2 == 0)) &&
                                  (!columns || (tile.in_width % 2 == 0 && tile.out_width % 2 == 0)));
}

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
