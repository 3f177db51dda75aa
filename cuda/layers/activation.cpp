#include "cuda/kernels/layer_kernels.hpp"

#include "cuda/layers/lowering.hpp"

namespace dae::cuda {
namespace {

void lower_activation(LayerBuilder& layer, Activation function) {
  if (layer.applied_elsewhere()) {
    layer.alias();
    return;
  }
  const std::size_t size = layer.out_shape().size();
  const Element element = layer.element();
  const BufferId x = layer.in(), y = layer.out();
  layer.forward("forward", {x, y},
                [=](const Frame& f) { activation_forward(f.stream, function, f.at(x), f.at(y), size, element); });
  if (!layer.trains()) return;
  const auto dx = layer.in_gradient();
  if (!dx) return;
  const BufferId dy = layer.out_gradient();
  layer.backward("backward", {dy, y, *dx}, [=](const Frame& f) {
    activation_backward(f.stream, function, f.at(dy), f.at(y), f.at(*dx), size, element);
  });
}

}  // namespace

void lower(const ReLU&, LayerBuilder& layer) { lower_activation(layer, Activation::relu); }

void lower(const Sigmoid&, LayerBuilder& layer) { lower_activation(layer, Activation::sigmoid); }

}  // namespace dae::cuda
