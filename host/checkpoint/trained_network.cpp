#include "host/checkpoint/trained_network.hpp"

#include <fmt/format.h>

#include "dae/error.hpp"

namespace dae {

void check_denoiser(const Graph& graph, const Shape& sample) {
  const Shape out = infer_shapes(graph, sample.with_batch(1)).back();
  if (out == sample.with_batch(1)) return;
  throw ShapeError(fmt::format("model {}: makes {} of {}; a denoiser's output has the size of its input", graph.name,
                               to_string(out), to_string(sample)));
}

TrainedNetwork load_network(Device& device, const Checkpoint& checkpoint, const NoiseRecipe& noise, int batch,
                            const Computation& computation) {
  check_denoiser(checkpoint.graph, checkpoint.sample);
  Spec spec{
      .shape = checkpoint.sample.with_batch(batch), .mode = Mode::infer, .noise = noise, .computation = computation};
  if (!ends_in_sigmoid(checkpoint.graph)) spec.loss = Mse{};
  TrainedNetwork network{device.make_state(checkpoint.graph, checkpoint.sample),
                         device.compile(checkpoint.graph, spec)};
  network.state->write(checkpoint.weights, {}, checkpoint.step);
  return network;
}

}  // namespace dae
