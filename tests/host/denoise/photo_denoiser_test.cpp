#include "host/denoise/photo_denoiser.hpp"

#include <cmath>
#include <limits>
#include <random>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"

using dae::Checkpoint;
using dae::Denoised;
using dae::DenoiserOptions;
using dae::Graph;
using dae::PhotoDenoiser;
using dae::Picture;
using dae::Shape;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Floats = std::vector<float>;

Checkpoint network(Graph graph, int channels) {
  Checkpoint result;
  result.graph = std::move(graph);
  result.sample = {1, 32, 32, channels};
  result.noise.parts = {dae::Gaussian{0.1f}};
  const auto parameters = dae::parameters(result.graph, result.sample);
  std::mt19937 random(7);
  // Small weights keep the answer near its input, away from the ends of the range.
  std::uniform_real_distribution<float> draw(-0.1f, 0.1f);
  result.weights.resize(dae::parameter_count(parameters));
  for (float& w : result.weights) w = draw(random);
  return result;
}

/// Strides of 4, skips, convolutions on three scales and of three algorithms.
Graph skips(int channels) {
  Graph graph{"skips", {}};
  graph.append(dae::Input{});
  const int fine = graph.append(dae::Conv2d{8});
  graph.append(dae::ReLU{});
  graph.append(dae::MaxPool2d{2});
  graph.append(dae::Conv2d{8});
  graph.append(dae::MaxPool2d{2});
  graph.append(dae::Conv2d{8, 5});
  graph.append(dae::Upsample2d{2});
  graph.append(dae::Conv2d{8});
  const int up = graph.append(dae::Upsample2d{2});
  graph.append(dae::Concat{}, {fine, up});
  const int noise = graph.append(dae::Conv2d{channels});
  graph.append(dae::Subtract{}, {0, noise});
  return graph;
}

Graph plain(int channels) {
  Graph graph{"plain", {}};
  graph.append(dae::Input{});
  for (int i = 0; i < 3; ++i) {
    graph.append(dae::Conv2d{9});
    graph.append(dae::ReLU{});
  }
  const int noise = graph.append(dae::Conv2d{channels});
  graph.append(dae::Subtract{}, {0, noise});
  return graph;
}

template <class Pixels>
Picture noisy(int h, int w, int c) {
  Picture result{{1, h, w, c}, {}};
  auto& pixels = result.pixels.emplace<Pixels>(result.shape.size());
  std::mt19937 random(static_cast<unsigned>(h * w + c));
  using Pixel = typename Pixels::value_type;
  for (Pixel& v : pixels) {
    const double draw = static_cast<double>(random()) / 0x1p32;
    v = static_cast<Pixel>(std::is_integral_v<Pixel> ? 255 * draw : draw);
  }
  return result;
}

std::vector<Denoised> denoise(PhotoDenoiser&& denoiser, const std::vector<Picture>& pictures) {
  std::vector<const Picture*> pointers;
  for (const Picture& picture : pictures) pointers.push_back(&picture);
  return denoiser(pointers);
}

class Rig {
 public:
  Picture operator()(const Checkpoint& checkpoint, const DenoiserOptions& options, const Picture& picture) {
    const std::vector<Denoised> results = denoise(PhotoDenoiser(*device_, checkpoint, options), {picture});
    REQUIRE(results.size() == 1);
    CHECK(results[0].problem.empty());
    return results[0].picture;
  }
  dae::Device& device() { return *device_; }

 private:
  std::unique_ptr<dae::Device> device_ = dae::open_device("cpu", {.threads = 2, .say = {}});
};

}  // namespace

TEST_CASE("windows give the bits of the image in one piece", "[photos]") {
  Rig run;
  for (const Checkpoint& checkpoint : {network(plain(1), 1), network(skips(1), 1)}) {
    for (const auto& [h, w] : {std::pair{1, 1}, {5, 3}, {61, 130}, {96, 64}, {149, 111}}) {
      const Picture picture = noisy<Floats>(h, w, 1);
      const Picture whole = run(checkpoint, {.windows = {.window = 1000}}, picture);
      CHECK(whole.pixels != picture.pixels);
      for (const int window : {1, 48, 80}) {
        INFO(checkpoint.graph.name << " on " << h << "x" << w << " in windows of " << window);
        CHECK(run(checkpoint, {.windows = {.batch = 3, .window = window}}, picture).pixels == whole.pixels);
      }
    }
  }
}

TEST_CASE("pictures together give what each gives alone", "[photos]") {
  Rig run;
  for (const int channels : {1, 3}) {
    const Checkpoint checkpoint = network(skips(channels), channels);
    std::vector<Picture> pictures = {noisy<Floats>(30, 41, 3), noisy<Floats>(30, 41, 3), noisy<Floats>(150, 97, 1),
                                     noisy<Floats>(64, 131, 4), noisy<Floats>(1, 1, 1)};
    std::get<2>(pictures[0].pixels)[0] = 0.25f;
    for (const DenoiserOptions& options :
         {DenoiserOptions{}, {.windows = {.window = 48}}, {.windows = {.batch = 2}, .strength = 0.5f, .tta = true}}) {
      const auto together = denoise(PhotoDenoiser(run.device(), checkpoint, options), pictures);
      for (std::size_t i = 0; i < pictures.size(); ++i)
        CHECK(together[i].picture.pixels == run(checkpoint, options, pictures[i]).pixels);
    }
  }
}

TEST_CASE("grey and colour networks take colour, grey and transparency", "[photos]") {
  Rig run;
  for (const int channels : {1, 3}) {
    const Checkpoint checkpoint = network(plain(channels), channels);
    for (const int c : {1, 2, 3, 4}) {
      const Picture picture = noisy<Bytes>(20, 23, c), result = run(checkpoint, {}, picture);
      INFO("a network of " << channels << ", a picture of " << c << " channels");
      CHECK(result.shape == picture.shape);
      REQUIRE(result.pixels.index() == 0);
      const Bytes &before = std::get<0>(picture.pixels), &after = std::get<0>(result.pixels);
      CHECK(before != after);
      const auto step = static_cast<std::size_t>(c);
      for (std::size_t p = 0; c % 2 == 0 && p < before.size(); p += step)
        CHECK(before[p + step - 1] == after[p + step - 1]);
    }
  }
}

TEST_CASE("a grey network sees the channels of a colour picture one by one", "[photos]") {
  Rig run;
  const Checkpoint checkpoint = network(plain(1), 1);
  const Picture colour = noisy<Floats>(20, 23, 3), result = run(checkpoint, {}, colour);
  Picture green{{1, 20, 23, 1}, Floats{}};
  for (std::size_t i = 1; i < colour.shape.size(); i += 3)
    std::get<2>(green.pixels).push_back(std::get<2>(colour.pixels)[i]);
  const Picture alone = run(checkpoint, {}, green);
  for (std::size_t p = 0; p < alone.shape.size(); ++p)
    REQUIRE(std::get<2>(result.pixels)[3 * p + 1] == std::get<2>(alone.pixels)[p]);
}

TEST_CASE("strength mixes, and all orientations are averaged", "[photos]") {
  Rig run;
  const Checkpoint checkpoint = network(plain(1), 1);
  const Picture picture = noisy<Floats>(18, 25, 1);
  CHECK(run(checkpoint, {.strength = 0}, picture).pixels == picture.pixels);
  const Floats &in = std::get<2>(picture.pixels), whole = std::get<2>(run(checkpoint, {}, picture).pixels),
               half = std::get<2>(run(checkpoint, {.strength = 0.5f}, picture).pixels);
  for (std::size_t i = 0; i < in.size(); ++i) CHECK(half[i] == Approx((in[i] + whole[i]) / 2).margin(1e-6));

  // The mean of all orientations turns with the picture, which one answer does not.
  Picture mirrored = picture;
  auto& turned = std::get<2>(mirrored.pixels);
  for (std::size_t y = 0; y < 18; ++y) std::reverse(&turned[y * 25], &turned[y * 25] + 25);
  const auto difference = [&](const DenoiserOptions& options) {
    const Floats a = std::get<2>(run(checkpoint, options, picture).pixels);
    const Floats b = std::get<2>(run(checkpoint, options, mirrored).pixels);
    float most = 0;
    for (std::size_t y = 0; y < 18; ++y)
      for (std::size_t x = 0; x < 25; ++x) most = std::max(most, std::abs(a[y * 25 + x] - b[y * 25 + 24 - x]));
    return most;
  };
  CHECK(difference({}) > 1e-3f);
  // Eight sums in another order.
  CHECK(difference({.tta = true}) < 1e-6f);
}

TEST_CASE("answers that cannot be right are told", "[photos]") {
  Rig run;
  const Picture picture = noisy<Bytes>(20, 20, 1);
  Checkpoint broken = network(plain(1), 1);
  broken.weights[3] = std::numeric_limits<float>::infinity();
  CHECK(denoise(PhotoDenoiser(run.device(), broken, {}), {picture})[0].problem.find("finite") !=
        std::string_view::npos);
  Graph dead{"dead", {}};
  dead.append(dae::Input{});
  dead.append(dae::Conv2d{1, 1});
  const auto problem = [&](float bias, const Picture& each) {
    Checkpoint checkpoint = network(dead, 1);
    checkpoint.weights = {0, bias};
    return std::string(denoise(PhotoDenoiser(run.device(), checkpoint, {}), {each})[0].problem);
  };
  CHECK_THAT(problem(0.5f, picture), ContainsSubstring("one value"));
  CHECK_THAT(problem(0, picture), ContainsSubstring("black"));
  // A picture of one colour may become one of one colour, but a black one of a black one only.
  const Picture flat{{1, 4, 5, 3}, Bytes(60, 99)}, black{{1, 4, 5, 1}, Bytes(20, 0)};
  CHECK(problem(0.5f, flat).empty());
  CHECK_THAT(problem(0, flat), ContainsSubstring("black"));
  CHECK(problem(0, black).empty());
  Picture bad = noisy<Floats>(5, 5, 1);
  std::get<2>(bad.pixels)[7] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THAT(std::string(denoise(PhotoDenoiser(run.device(), network(plain(1), 1), {}), {bad})[0].problem),
             ContainsSubstring("the picture holds"));
}

TEST_CASE("networks of one size take that size only", "[photos]") {
  Rig run;
  Graph graph{"tied", {}};
  graph.append(dae::Input{});
  graph.append(dae::Flatten{});
  graph.append(dae::Dense{1024});
  graph.append(dae::Reshape{32, 32, 1});
  const Checkpoint tied = network(graph, 1);
  CHECK_THROWS_AS(denoise(PhotoDenoiser(run.device(), tied, {}), {noisy<Bytes>(32, 33, 1)}), dae::ShapeError);
  CHECK(run(tied, {}, noisy<Floats>(32, 32, 1)).shape == Shape{1, 32, 32, 1});
  CHECK_THROWS_AS(
      denoise(PhotoDenoiser(run.device(), network(plain(1), 1), {.windows = {.memory = 1}}), {noisy<Bytes>(9, 9, 1)}),
      dae::MemoryError);
}
