#include <cmath>

#include "host/cpu/device.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/graphs.hpp"
#include "tests/support/small_images.hpp"

using namespace dae;
using test::SmallImages;

namespace {

const Shape image_shape{1, 5, 4, 2};

Graph graph() { return fixture::chain(Conv2d{3}, ReLU{}, Conv2d{2}); }

}  // namespace

TEST_CASE("clipping and averaging give the same bits on any number of threads", "[cpu][optimizer][threads]") {
  const SmallImages images(150, image_shape);
  Update update(AdamW{});
  update.clip_norm = 0.01f;
  update.average_decay = 0.9f;
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 5}) {
    const auto device = cpu::make_cpu_device({.threads = threads, .say = {}}, cpu::usable_isas().front());
    const Spec spec{.shape = image_shape.with_batch(70), .mode = Mode::train, .loss = Ssim{}, .noise = {{Gaussian{}}}};
    const auto state = device->make_state(graph(), image_shape);
    std::vector<float> weights(parameter_count(parameters(graph(), image_shape)));
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = 0.3f * std::sin(static_cast<float>(i) * 1.7f);
    state->write(weights, {}, 0);
    const auto program = device->compile(graph(), spec);
    const auto store = images.store(*device);
    program->load(*store, images.samples());
    while (program->train(*state, update) > 0) {
    }
    state->read_average(weights);
    results.push_back(weights);
  }
  CHECK(results[1] == results[0]);
  CHECK(results[2] == results[0]);
}
