#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "dae/device.hpp"
#include "host/graph/loss.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/graphs.hpp"

/// \file
/// Every device against PyTorch in double precision, on the same float32 weights and images.
namespace dae {
namespace {

/// The fixtures that hold a graph, and with `key` those that hold the key too.
std::vector<std::string> fixtures(const std::string& key = "graph") {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(DAE_FIXTURES) + "/parity")) {
    const auto file = fixture::read("parity/" + entry.path().filename().string());
    if (file.contains("graph") && file.contains(key)) names.push_back(entry.path().stem());
  }
  std::ranges::sort(names);
  REQUIRE(names.size() >= 5);
  return names;
}

/// So that NoiseMap shows what it did when the fixtures were made.
const NoiseRecipe quarter{.parts = {Gaussian{0.25f}}};

/// One fixture with its graph, weights and images.
struct Case {
  nlohmann::json file;
  Graph graph;
  std::uint32_t salt;
  Shape shape;
  std::vector<Parameter> layout;
  std::vector<float> weights;

  explicit Case(const std::string& name)
      : file(fixture::read("parity/" + name + ".json")),
        graph(graph_from_json(file.at("graph").dump())),
        salt(file.at("salt")) {
    const auto& s = file.at("input_shape");
    shape = {s[0], s[1], s[2], s[3]};
    layout = parameters(graph, shape.with_batch(1));
    for (std::size_t t = 0; t < layout.size(); ++t) {
      const Parameter& p = layout[t];
      REQUIRE(p.dims == file.at("parameters")[t].at("dims").get<std::vector<int>>());
      for (std::size_t i = 0; i < p.size; ++i) weights.push_back(fixture::weight(salt, t, i, p.fan_in, p.fan_out));
    }
    REQUIRE(layout.size() == file.at("parameters").size());
  }

  [[nodiscard]] std::vector<float> input() const { return fixture::image(salt, fixture::input, shape.size()); }
  [[nodiscard]] std::vector<float> target() const {
    return fixture::image(salt, fixture::target, file.at("output").size());
  }
  [[nodiscard]] Loss loss() const {
    const std::string name = file.at("loss");
    return name == "dot" ? Loss{Dot{}} : loss_named(name);
  }
  /// The update of a step of the fixture's training.
  [[nodiscard]] Update update() const {
    const auto& training = file.at("training");
    if (!training.contains("update")) return Adam{};
    const auto& j = training.at("update");
    const auto number = [&j](const char* key) { return j.value(key, 0.0f); };
    Update update = j.at("optimizer") == "sgd"
                        ? Update(Sgd{.rate = number("rate"), .momentum = number("momentum")})
                        : Update(AdamW{.rate = number("rate"), .epsilon = number("epsilon"), .decay = number("decay")});
    update.clip_norm = number("clip_norm");
    return update;
  }
  [[nodiscard]] std::unique_ptr<State> state(Device& device) const {
    auto state = device.make_state(graph, shape.with_batch(1));
    state->write(weights, {}, 0);
    return state;
  }
};

std::span<const float> slice(const std::vector<float>& arena, const Parameter& p) {
  return std::span(arena).subspan(p.offset, p.size);
}

/// Kept elements within `tolerance` of max(|element|, rms of the tensor), and the norm and the product with a hashed
/// vector, which every element enters, within `tolerance` of the norm.
void require_close(std::span<const float> values, const nlohmann::json& j, std::uint32_t salt, std::size_t tensor,
                   double tolerance) {
  const fixture::Digest digest(j);
  const double rms = digest.norm / std::sqrt(static_cast<double>(values.size()));
  double square = 0;
  for (const float v : values) square += static_cast<double>(v) * static_cast<double>(v);
  CHECK(std::abs(std::sqrt(square) - digest.norm) <= tolerance * digest.norm);
  CHECK(std::abs(fixture::project(values, salt, tensor) - digest.product) <= tolerance * digest.norm);
  for (std::size_t k = 0; k < digest.elements.size(); ++k) {
    const double wanted = static_cast<double>(digest.elements[k]);
    const double error = std::abs(static_cast<double>(values[digest.index(k, values.size())]) - wanted);
    if (error > tolerance * std::max(std::abs(wanted), rms)) FAIL_CHECK("element " << k << " of the sample: " << error);
  }
}

}  // namespace

TEST_CASE("a fixture that has a preset's name has its graph") {
  const auto presets = preset_names();
  std::size_t found = 0;
  for (const std::string& name : fixtures()) {
    if (std::ranges::find(presets, name) == presets.end()) continue;
    CAPTURE(name);
    CHECK(Case(name).graph.nodes == preset(name).nodes);
    ++found;
  }
  CHECK(found >= 5);
}

TEST_CASE("outputs before the loss equal PyTorch's") {
  const std::string name = GENERATE(from_range(fixtures()));
  const int batch = GENERATE(2, 8);  // Smaller and larger than the images at hand.
  CAPTURE(name, batch);
  Case c(name);
  if (std::holds_alternative<Bce>(c.loss())) c.graph.nodes.pop_back();  // Logits.
  for (const auto& [where, device] : test::test_devices()) {
    CAPTURE(where);
    const auto program =
        device->compile(c.graph, {.shape = c.shape.with_batch(batch), .loss = Mse{}, .noise = quarter});
    const auto wanted = c.file.at("output").get<std::vector<float>>();
    std::vector<float> out(wanted.size());
    program->predict(*c.state(*device), c.input(), out);
    // Values are up to 2, sums have up to 288 terms: float32 errors of PyTorch itself are below 1e-6 here.
    for (std::size_t i = 0; i < out.size(); ++i)
      if (!(std::abs(out[i] - wanted[i]) <= 1e-5f))
        FAIL_CHECK("output " << i << ": " << out[i] << " not " << wanted[i]);
  }
}

TEST_CASE("loss and gradients equal PyTorch's") {
  const std::string name = GENERATE(from_range(fixtures()));
  CAPTURE(name);
  const Case c(name);
  for (const auto& [where, device] : test::test_devices()) {
    CAPTURE(where);
    const auto program =
        device->compile(c.graph, {.shape = c.shape, .mode = Mode::train, .loss = c.loss(), .noise = quarter});
    std::vector<float> d_weights(c.weights.size()), d_in(c.shape.size());
    const double loss = program->gradient(*c.state(*device), c.input(), c.target(), d_weights, d_in);
    CHECK(loss == Approx(c.file.at("loss_value").get<double>()).epsilon(1e-5));
    // 1e-4 of an element or of the tensor's rms, whichever is larger: an element that is the small difference of large
    // terms has no relative accuracy of its own. PyTorch in float32 stays below 2e-5 in this measure.
    for (std::size_t t = 0; t < c.layout.size(); ++t) {
      CAPTURE(c.layout[t].name);
      require_close(slice(d_weights, c.layout[t]), c.file.at("parameters")[t], c.salt, t, 1e-4);
    }
    constexpr std::size_t d_input_stream = 500;
    require_close(d_in, c.file.at("d_input"), c.salt, d_input_stream, 1e-4);
  }
}

TEST_CASE("ten optimizer steps equal Keras' Adam and PyTorch's optimizers on PyTorch's gradients") {
  const std::string name = GENERATE(from_range(fixtures("training")));
  CAPTURE(name);
  const Case c(name);
  const auto& training = c.file.at("training");
  const auto slots = training.at("slots").get<std::uint32_t>();
  const Shape one = c.shape.with_batch(1);
  const auto noisy = fixture::image(c.salt, fixture::input, slots * one.size());
  const auto clean = fixture::image(c.salt, fixture::target, slots * one.size());
  for (const auto& [where, device] : test::test_devices()) {
    CAPTURE(where);
    const auto store = device->make_image_store(slots, 2 * sizeof(float) * clean.size());
    for (std::uint32_t s = 0; s < slots; ++s) {
      const auto image = [&](const std::vector<float>& all) {
        return Image{one, std::span(all).subspan(s * one.size(), one.size())};
      };
      const Image input = image(noisy);
      store->put(s, image(clean), &input);
    }
    std::vector<Sample> order;
    for (const std::uint32_t slot : training.at("order")) order.push_back({.slot = slot, .id = slot});
    const auto state = c.state(*device);
    const auto program = device->compile(
        c.graph, {.shape = c.shape.with_batch(training.at("batch")), .mode = Mode::train, .loss = c.loss()});
    program->load(*store, order);
    while (program->train(*state, c.update()) != 0) {
    }
    const auto losses = program->take_metrics().step_loss;
    REQUIRE(losses.size() == training.at("losses").size());
    CHECK(state->step() == losses.size());
    for (std::size_t i = 0; i < losses.size(); ++i)
      CHECK(losses[i] == Approx(training.at("losses")[i].get<double>()).epsilon(1e-5));

    std::vector<float> weights(c.weights.size()), moments(2 * c.weights.size());
    state->read(weights, moments);
    const std::vector<float> v(moments.begin() + static_cast<std::ptrdiff_t>(weights.size()), moments.end());
    for (std::size_t t = 0; t < c.layout.size(); ++t) {
      CAPTURE(c.layout[t].name);
      const auto after = slice(weights, c.layout[t]);
      const fixture::Digest digest(training.at("weights")[t]);
      // A step of Adam moves a weight by up to 1e-3, so 1e-5 is a hundredth of one step; PyTorch in float32 stays below
      // 1e-7.
      for (std::size_t k = 0; k < digest.elements.size(); ++k)
        if (!(std::abs(after[digest.index(k, after.size())] - digest.elements[k]) <= 1e-5f))
          FAIL_CHECK("element " << k << " of the sample: " << after[digest.index(k, after.size())] << " not "
                                << digest.elements[k]);
      require_close(slice(moments, c.layout[t]), training.at("m")[t], c.salt, t, 1e-4);
      require_close(slice(v, c.layout[t]), training.at("v")[t], c.salt, t, 2e-4);  // A square doubles the error.
    }
  }
}

TEST_CASE("the first maximum in row order gets the gradient of a tie") {
  const auto file = fixture::read("parity/pooling-ties.json");
  const auto& s = file.at("input_shape");
  const Shape shape{s[0], s[1], s[2], s[3]};
  auto in = fixture::image(0, fixture::input, shape.size());
  for (float& x : in) x = std::floor(x * file.at("levels").get<float>());
  const auto wanted = file.at("d_input").get<std::vector<float>>();
  const auto target = fixture::image(0, fixture::target, file.at("output").size());
  const Graph graph = fixture::chain(MaxPool2d{2});
  for (const auto& [where, device] : test::test_devices()) {
    CAPTURE(where);
    const auto state = device->make_state(graph, shape.with_batch(1));
    const auto program = device->compile(graph, {.shape = shape, .mode = Mode::train, .loss = Dot{}});
    std::vector<float> d_in(shape.size()), out(target.size());
    program->gradient(*state, in, target, {}, d_in);
    program->predict(*state, in, out);
    CHECK(out == file.at("output").get<std::vector<float>>());  // Small whole numbers: exact.
    for (std::size_t i = 0; i < d_in.size(); ++i)               // Dot's gradient is target / samples: one rounding.
      if (!(std::abs(d_in[i] * static_cast<float>(shape.n) - wanted[i]) <= 1e-6f)) FAIL_CHECK("pixel " << i);
  }
}

}  // namespace dae
