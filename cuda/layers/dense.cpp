#include "cuda/kernels/bias.hpp"
#include "cuda/layers/lowering.hpp"

namespace dae::cuda {

/// y = x W' + b with W as (units, channels): a product, then our kernel for bias and ReLU.
void lower(const Dense& op, LayerBuilder& layer) {
  const int samples = layer.in_shape().n, channels = layer.in_shape().c, units = op.units;
  const Element element = layer.element();
  const bool relu = layer.applies_relu();
  const BufferId x = layer.in(), y = layer.out();
  const std::size_t weight = layer.weight().in_arena, bias = layer.bias().in_arena;
  const auto rows = static_cast<std::size_t>(samples);

  const auto product = layer.product(samples, units, channels);
  layer.forward("forward", {x, y}, [=](const Frame& f) {
    product({f.at(x), false}, {f.weight(weight), true}, f.at(y));
  });
  layer.forward("bias", {y}, [=](const Frame& f) {
    add_bias(f.stream, f.at(y), f.weight(bias), rows, static_cast<unsigned>(units), relu, element);
  });
  if (!layer.trains()) return;

  const BufferId dy = layer.out_gradient();
  lower_bias_gradient(layer, rows, relu);
  const auto weight_product = layer.product(units, channels, samples);
  layer.backward("backward weight", {x, dy}, [=](const Frame& f) {
    weight_product({f.at(dy), true}, {f.at(x), false}, f.weight_gradient(weight));
  });
  const auto dx = layer.in_gradient();
  if (!dx) return;
  const auto data_product = layer.product(samples, channels, units);
  layer.backward("backward data", {dy, *dx}, [=](const Frame& f) {
    data_product({f.at(dy), false}, {f.weight(weight), false}, f.at(*dx));
  });
}

}  // namespace dae::cuda
