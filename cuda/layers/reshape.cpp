#include "cuda/kernels/layer_kernels.hpp"

#include "cuda/layers/lowering.hpp"

namespace dae::cuda {
namespace {

/// Images are stored channels last, feature vectors in C,H,W order. With one channel or one pixel that is the same.
void lower_reshape(LayerBuilder& layer, const Shape& image, bool to_planes) {
  const auto pixels = static_cast<unsigned>(image.h * image.w), channels = static_cast<unsigned>(image.c);
  if (pixels == 1 || channels == 1) {
    layer.alias();
    return;
  }
  const unsigned rows = to_planes ? pixels : channels, columns = to_planes ? channels : pixels;
  const std::size_t items = image.size();
  const Element element = layer.element();
  const BufferId x = layer.in(), y = layer.out();
  layer.forward("forward", {x, y},
                [=](const Frame& f) { transpose(f.stream, f.at(x), f.at(y), rows, columns, items, element); });
  if (!layer.trains()) return;
  const auto dx = layer.in_gradient();
  if (!dx) return;
  const BufferId dy = layer.out_gradient();
  layer.backward("backward", {dy, *dx},
                 [=](const Frame& f) { transpose(f.stream, f.at(dy), f.at(*dx), columns, rows, items, element); });
}

}  // namespace

void lower(const Flatten&, LayerBuilder& layer) { lower_reshape(layer, layer.in_shape(), true); }

void lower(const Reshape&, LayerBuilder& layer) { lower_reshape(layer, layer.out_shape(), false); }

}  // namespace dae::cuda
