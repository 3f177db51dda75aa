#include "cuda/kernels/layer_kernels.hpp"

#include "cuda/layers/lowering.hpp"

namespace dae::cuda {

void lower(const Upsample2d& op, LayerBuilder& layer) {
  if (op.factor == 1) {
    layer.alias();
    return;
  }
  const Shape low = layer.in_shape();
  const auto factor = static_cast<unsigned>(op.factor);
  const Element element = layer.element();
  const BufferId x = layer.in(), y = layer.out();
  layer.forward("forward", {x, y},
                [=](const Frame& f) { upsample_forward(f.stream, f.at(x), f.at(y), low, factor, element); });
  if (!layer.trains()) return;
  const auto dx = layer.in_gradient();
  if (!dx) return;
  const BufferId dy = layer.out_gradient();
  layer.backward("backward", {dy, *dx},
                 [=](const Frame& f) { upsample_backward(f.stream, f.at(dy), f.at(*dx), low, factor, element); });
}

}  // namespace dae::cuda
