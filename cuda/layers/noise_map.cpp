#include "cuda/kernels/layer_kernels.hpp"

#include "cuda/layers/lowering.hpp"
#include "cuda/runtime/memory.hpp"

namespace dae::cuda {

void lower(const NoiseMap&, LayerBuilder& layer) {
  const Shape map = layer.out_shape();
  const Element element = layer.element();
  const BufferId levels = layer.noise_levels(), y = layer.out();
  layer.forward("forward", {levels, y}, [=](const Frame& f) {
    noise_map(f.stream, f.at<float>(levels), f.at(y), map.with_batch(1).size(), static_cast<std::size_t>(map.n),
              element);
  });
  if (!layer.trains()) return;
  const auto dx = layer.in_gradient();
  if (!dx) return;
  // The map says nothing of the pixels.
  const std::size_t bytes = layer.in_shape().size() * bytes_of(element);
  layer.backward("backward", {*dx}, [=](const Frame& f) { clear(f.at(*dx), bytes, f.stream); });
}

}  // namespace dae::cuda
