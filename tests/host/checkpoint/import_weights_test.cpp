#include "host/checkpoint/import_weights.hpp"

#include <numeric>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/complaint.hpp"

using namespace dae;

namespace {

/// Convolution of 3 channels, Flatten, Dense to another image, Reshape, Sigmoid: every order of elements matters.
Graph crooked() {
  Graph graph{.name = "crooked", .nodes = {{"input", Input{}, {}}}};
  graph.append(Conv2d{.filters = 3, .kernel = 2});
  graph.append(Flatten{});
  graph.append(Dense{.units = 12});
  graph.append(ReLU{});
  graph.append(Reshape{.height = 3, .width = 2, .channels = 2});
  graph.append(Sigmoid{});
  return graph;
}
constexpr Shape sample{1, 2, 4, 2};

/// A file of tensors that hold 0, 1, 2, ... throughout.
TensorFile counting(const std::vector<std::pair<std::string, std::vector<std::size_t>>>& tensors) {
  TensorFile file;
  std::size_t offset = 0;
  for (const auto& [name, dims] : tensors) {
    const std::size_t size = std::accumulate(dims.begin(), dims.end(), std::size_t{1}, std::multiplies<>());
    file.entries.push_back({name, dims, offset, size});
    offset += size;
  }
  file.data.resize(offset);
  std::iota(file.data.begin(), file.data.end(), 0.0f);
  return file;
}

std::string complaint_about(const TensorFile& file) {
  return complaint_of([&] { import_weights(file, "'f'", crooked(), sample); }, "'f'");
}

}  // namespace

TEST_CASE("natural order reads digits as numbers", "[import]") {
  CHECK(natural_less("net.2", "net.10"));
  CHECK_FALSE(natural_less("net.10", "net.2"));
  CHECK(natural_less("conv2d", "conv2d_1"));
  CHECK(natural_less("a9b1", "a10a"));
  CHECK(natural_less("1", "01") != natural_less("01", "1"));
  CHECK_FALSE(natural_less("net.7", "net.7"));
}

TEST_CASE("weights of PyTorch's layout are taken as they are, by our names, by a map or by order", "[import]") {
  const std::vector<std::size_t> conv{3, 2, 2, 2}, dense{12, 24};
  std::vector<float> expected(24 + 3 + 288 + 12);
  std::iota(expected.begin(), expected.end(), 0.0f);
  const auto import = [](const TensorFile& file, const ImportOptions& options = {}) {
    return import_weights(file, "'f'", crooked(), sample, options);
  };
  CHECK(import(
            counting({{"conv2d.weight", conv}, {"conv2d.bias", {3}}, {"dense.weight", dense}, {"dense.bias", {12}}})) ==
        expected);
  CHECK(import(counting({{"a.9.w", conv}, {"a.9.b", {3}}, {"a.10.w", dense}, {"a.10.b", {12}}})) == expected);
  CHECK(import(counting({{"x", conv}, {"conv2d.bias", {3}}, {"dense.weight", dense}, {"y", {12}}}),
               {.names = {{"conv2d.weight", "x"}, {"dense.bias", "y"}}, .layout = {}}) == expected);
}

TEST_CASE("weights of Keras' layout are brought into ours, features of Flatten and Reshape included", "[import]") {
  const TensorFile file = counting(
      {{"z/conv2d/kernel", {2, 2, 2, 3}}, {"z/conv2d/bias", {3}}, {"dense/kernel", {24, 12}}, {"dense/bias", {12}}});
  const std::vector<float> weights = import_weights(file, "'f'", crooked(), sample, {});
  // Ours [o][i][ky][kx] is Keras' [ky][kx][i][o].
  for (std::size_t o = 0; o < 3; ++o)
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t k = 0; k < 4; ++k) {
        REQUIRE(weights[(o * 2 + i) * 4 + k] == static_cast<float>((k * 2 + i) * 3 + o));
      }
  // Flatten of 2 x 4 x 3: ours [c][y][x], Keras' [y][x][c]; Reshape to 3 x 2 x 2 likewise.
  const auto dense = std::span(weights).subspan(27, 288);
  for (std::size_t u = 0; u < 12; ++u) {
    const std::size_t keras_u = u % 6 * 2 + u / 6;
    for (std::size_t f = 0; f < 24; ++f) {
      const std::size_t keras_f = f % 8 * 3 + f / 8;
      REQUIRE(dense[u * 24 + f] == static_cast<float>(27 + keras_f * 12 + keras_u));
    }
    REQUIRE(weights[27 + 288 + u] == static_cast<float>(27 + 288 + keras_u));
  }
}

TEST_CASE("a tensor that is missing, left over, misshapen or not finite is named", "[import]") {
  const std::vector<std::size_t> conv{3, 2, 2, 2}, dense{12, 24};
  CHECK_THAT(complaint_about(counting({{"a.weight", conv}, {"a.bias", {3}}})),
             ContainsSubstring("lacks a tensor for dense.weight"));
  CHECK_THAT(complaint_about(counting({{"a.weight", conv}, {"b.weight", dense}, {"b.bias", {12}}})),
             ContainsSubstring("lacks the bias beside 'a.weight'"));
  CHECK_THAT(complaint_about(counting(
                 {{"a.weight", conv}, {"a.bias", {3}}, {"b.weight", dense}, {"b.bias", {12}}, {"c.gamma", {4}}})),
             ContainsSubstring("has the tensor 'c.gamma' of shape 4"));
  CHECK_THAT(
      complaint_about(counting({{"a.weight", {2, 3, 2, 2}}, {"a.bias", {3}}, {"b.weight", dense}, {"b.bias", {12}}})),
      ContainsSubstring("'a.weight' of shape 2x3x2x2; the model's conv2d.weight wants 3x2x2x2"));
  CHECK_THROWS_WITH(import_weights(counting({{"x", conv}}), "'f'", crooked(), sample,
                                   {.names = {{"conv2d.wieght", "x"}}, .layout = {}}),
                    ContainsSubstring("'conv2d.wieght'") && ContainsSubstring("did you mean 'conv2d.weight'"));
  TensorFile infinite = counting({{"a.weight", conv}, {"a.bias", {3}}, {"b.weight", dense}, {"b.bias", {12}}});
  infinite.data[25] = std::numeric_limits<float>::infinity();
  CHECK_THAT(complaint_about(infinite), ContainsSubstring("no finite number in the tensor 'a.bias'"));
}
