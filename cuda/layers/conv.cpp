#include "cuda/cudnn/operations.hpp"
#include "cuda/kernels/bias.hpp"
#include "cuda/layers/lowering.hpp"

namespace dae::cuda {

/// Forward, bias and ReLU are one cuDNN graph. Backward: our kernel masks the gradient where the ReLU was off and sums
/// the bias' gradient in the same pass; then the filter's gradient and the input's, each one cuDNN graph.
void lower(const Conv2d& op, LayerBuilder& layer) {
  const Shape &in = layer.in_shape(), &out = layer.out_shape();
  const int padding = op.padding == Padding::same ? op.kernel - 1 : 0;
  const cudnn::ConvShape shape{.n = in.n,
                               .height = in.h,
                               .width = in.w,
                               .channels = in.c,
                               .filters = op.filters,
                               .kernel = op.kernel,
                               .before = padding / 2,
                               .after = padding - padding / 2};
  const cudnnDataType_t type = cudnn::data_type(layer.element());
  const bool relu = layer.applies_relu();
  const BufferId x = layer.in(), y = layer.out();
  const std::size_t weight = layer.weight().in_arena, bias = layer.bias().in_arena;

  const auto run = layer.plan(conv_forward(shape, type, relu ? cudnn::Epilogue::bias_relu : cudnn::Epilogue::bias));
  layer.forward("forward", {x, y}, [=](const Frame& f) {
    run(f, {{cudnn::kX, f.at(x)}, {cudnn::kW, f.weight(weight)}, {cudnn::kBias, f.weight(bias)}, {cudnn::kY, f.at(y)}});
  });
  if (!layer.trains()) return;

  const BufferId dy = layer.out_gradient();
  lower_bias_gradient(layer, static_cast<std::size_t>(out.n) * static_cast<std::size_t>(out.h * out.w), relu);
  const auto run_filter = layer.plan(conv_backward_filter(shape, type));
  layer.backward("backward filter", {x, dy}, [=](const Frame& f) {
    run_filter(f, {{cudnn::kX, f.at(x)}, {cudnn::kDy, f.at(dy)}, {cudnn::kDw, f.weight_gradient(weight)}});
  });
  const auto dx = layer.in_gradient();
  if (!dx) return;
  const auto run_data = layer.plan(conv_backward_data(shape, type));
  layer.backward("backward data", {dy, *dx}, [=](const Frame& f) {
    run_data(f, {{cudnn::kDy, f.at(dy)}, {cudnn::kW, f.weight(weight)}, {cudnn::kDx, f.at(*dx)}});
  });
}

}  // namespace dae::cuda
