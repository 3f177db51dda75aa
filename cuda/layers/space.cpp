#include "cuda/kernels/layer_kernels.hpp"

#include "cuda/layers/lowering.hpp"

namespace dae::cuda {
namespace {

using Move = void (*)(cudaStream_t, const void*, void*, const Shape&, unsigned, Element);

/// A layer whose gradient is the move back.
void lower_move(LayerBuilder& layer, const Shape& space, int block, Move there, Move back) {
  const auto size = static_cast<unsigned>(block);
  const Element element = layer.element();
  const BufferId x = layer.in(), y = layer.out();
  layer.forward("forward", {x, y}, [=](const Frame& f) { there(f.stream, f.at(x), f.at(y), space, size, element); });
  if (!layer.trains()) return;
  const auto dx = layer.in_gradient();
  if (!dx) return;
  const BufferId dy = layer.out_gradient();
  layer.backward("backward", {dy, *dx},
                 [=](const Frame& f) { back(f.stream, f.at(dy), f.at(*dx), space, size, element); });
}

}  // namespace

void lower(const SpaceToDepth& op, LayerBuilder& layer) {
  lower_move(layer, layer.in_shape(), op.block, space_to_depth, depth_to_space);
}

void lower(const DepthToSpace& op, LayerBuilder& layer) {
  lower_move(layer, layer.out_shape(), op.block, depth_to_space, space_to_depth);
}

}  // namespace dae::cuda
