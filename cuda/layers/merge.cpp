#include "cuda/kernels/layer_kernels.hpp"

#include "cuda/layers/lowering.hpp"

namespace dae::cuda {
namespace {

/// y = first + sign * second (+ further inputs).
void lower_sum(LayerBuilder& layer, float sign) {
  const std::size_t size = layer.out_shape().size();
  const Element element = layer.element();
  const BufferId y = layer.out();
  for (std::size_t i = 1; i < layer.inputs(); ++i) {
    const BufferId a = i == 1 ? layer.in(0) : y, b = layer.in(i);
    layer.forward("forward", {a, b, y}, [=](const Frame& f) {
      combine(f.stream, {f.at(a), 1}, {f.at(b), sign}, f.at(y), size, element);
    });
  }
  if (!layer.trains()) return;
  const BufferId dy = layer.out_gradient();
  for (std::size_t i = 0; i < layer.inputs(); ++i) {
    const auto dx = layer.in_gradient(i);
    if (!dx) continue;
    const float factor = i == 0 ? 1.0f : sign;
    layer.backward("backward", {dy, *dx}, [=](const Frame& f) {
      combine(f.stream, {f.at(dy), factor}, {}, f.at(*dx), size, element);
    });
  }
}

}  // namespace

void lower(const Add&, LayerBuilder& layer) { lower_sum(layer, 1); }

void lower(const Subtract&, LayerBuilder& layer) { lower_sum(layer, -1); }

void lower(const Concat&, LayerBuilder& layer) {
  const Shape& out = layer.out_shape();
  const std::size_t rows = out.size() / static_cast<std::size_t>(out.c);
  const auto all = static_cast<unsigned>(out.c);
  const Element element = layer.element();
  const BufferId y = layer.out();
  unsigned first = 0;
  for (std::size_t i = 0; i < layer.inputs(); ++i) {
    const auto channels = static_cast<unsigned>(layer.in_shape(i).c);
    const Channels part{channels, 0}, whole{all, first};
    const BufferId x = layer.in(i);
    layer.forward("forward", {x, y}, [=](const Frame& f) {
      copy_channels(f.stream, f.at(x), part, f.at(y), whole, channels, rows, element);
    });
    first += channels;
    if (!layer.trains()) continue;
    const auto dx = layer.in_gradient(i);
    if (!dx) continue;
    const BufferId dy = layer.out_gradient();
    layer.backward("backward", {dy, *dx}, [=](const Frame& f) {
      copy_channels(f.stream, f.at(dy), whole, f.at(*dx), part, channels, rows, element);
    });
  }
}

}  // namespace dae::cuda
