#include "cuda/cudnn/operations.hpp"
#include "cuda/layers/lowering.hpp"

namespace dae::cuda {

/// cuDNN writes the position of each maximum as an INT8 index in the forward pass and reads it in the backward pass.
void lower(const MaxPool2d& op, LayerBuilder& layer) {
  const Shape& in = layer.in_shape();
  const cudnn::PoolShape shape{.n = in.n, .height = in.h, .width = in.w, .channels = in.c, .size = op.size};
  const cudnnDataType_t type = cudnn::data_type(layer.element());
  const BufferId x = layer.in(), y = layer.out();
  if (!layer.trains()) {
    const auto run = layer.plan(max_pool_forward(shape, type, false));
    layer.forward("forward", {x, y}, [=](const Frame& f) { run(f, {{cudnn::kX, f.at(x)}, {cudnn::kY, f.at(y)}}); });
    return;
  }
  const BufferId index = layer.scratch(layer.out_shape().size());
  const auto run = layer.plan(max_pool_forward(shape, type, true));
  layer.forward("forward", {x, y, index}, [=](const Frame& f) {
    run(f, {{cudnn::kX, f.at(x)}, {cudnn::kY, f.at(y)}, {cudnn::kIndex, f.at(index)}});
  });
  const auto dx = layer.in_gradient();
  if (!dx) return;
  const BufferId dy = layer.out_gradient();
  const auto run_back = layer.plan(max_pool_backward(shape, type));
  layer.backward("backward", {dy, index, *dx}, [=](const Frame& f) {
    run_back(f, {{cudnn::kDy, f.at(dy)}, {cudnn::kIndex, f.at(index)}, {cudnn::kDx, f.at(*dx)}});
  });
}

}  // namespace dae::cuda
