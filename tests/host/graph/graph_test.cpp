#include "dae/graph.hpp"

#include "dae/error.hpp"
#include "tests/support/catch.hpp"

using namespace dae;

namespace {

const Shape digit{1, 28, 28, 1};

Graph chain(std::vector<Op> ops) {
  Graph graph;
  graph.append(Input{});
  for (Op& op : ops) graph.append(std::move(op));
  return graph;
}

std::uint64_t multiply_adds(const Graph& graph, const Shape& sample) {
  const auto shapes = infer_shapes(graph, sample);
  std::uint64_t sum = 0;
  for (std::size_t i = 1; i < graph.nodes.size(); ++i) {
    const auto first = static_cast<std::size_t>(graph.nodes[i].inputs[0]);
    sum += multiply_adds(graph.nodes[i], std::vector<Shape>{shapes[first]}, shapes[i]);
  }
  return sum;
}

}  // namespace

TEST_CASE("the presets have the notebook's parameter counts", "[graph]") {
  CHECK(parameter_count(parameters(preset("conv-dae-32"), digit)) == 28353);
  CHECK(parameter_count(parameters(preset("conv-dae-16"), digit)) == 5489);
  CHECK(multiply_adds(preset("conv-dae-32"), digit) == 4515840);
  // 784-128-64-32-64-128-784 with biases, counted by hand.
  CHECK(parameter_count(parameters(preset("dense-dae"), digit)) ==
        784 * 128 + 128 + 128 * 64 + 64 + 64 * 32 + 32 + 32 * 64 + 64 + 64 * 128 + 128 + 128 * 784 + 784);
  for (const auto name : preset_names()) {
    const Shape image{1, 28, 28, preset_channels(name)};
    CHECK(infer_shapes(preset(name), image).back() == image);
  }
}

TEST_CASE("the presets for photos take any size", "[graph]") {
  // KAIR's dncnn_25: 17 convolutions of 64 channels, biases included.
  CHECK(parameter_count(parameters(preset("dncnn"), digit)) == 64 * 9 + 64 + 15 * (64 * 64 * 9 + 64) + 64 * 9 + 1);
  CHECK(window_constraints(preset("dncnn")).halo == 17);
  CHECK(window_constraints(preset("dncnn")).exact_halo == 16 * 4 + 1);
  CHECK(window_constraints(preset("dncnn")).stride == 1);
  CHECK(window_constraints(preset("ffdnet-small")).halo == 16);
  CHECK(window_constraints(preset("ffdnet-small")).stride == 2);
  CHECK(window_constraints(preset("unet-small")).stride == 4);
  for (const char* name : {"dncnn", "dncnn-small-colour", "ffdnet-small", "ffdnet-small-colour", "unet-small"})
    CHECK(window_constraints(preset(name)).any_size);
}

TEST_CASE("squares of pixels need whole blocks", "[graph]") {
  CHECK(infer_shapes(chain({SpaceToDepth{4}}), digit).back() == Shape{1, 7, 7, 16});
  CHECK(infer_shapes(chain({SpaceToDepth{4}, DepthToSpace{2}}), digit).back() == Shape{1, 14, 14, 4});
  CHECK_THROWS_WITH(infer_shapes(chain({SpaceToDepth{3}}), digit), ContainsSubstring("multiples of 3"));
  CHECK_THROWS_WITH(infer_shapes(chain({DepthToSpace{2}}), digit), ContainsSubstring("multiple of 4"));
  CHECK_THROWS_AS(validate(chain({SpaceToDepth{0}})), GraphError);
}

TEST_CASE("conv-dae-16 goes through the notebook's sizes", "[graph]") {
  std::vector<int> heights;
  const Graph graph = preset("conv-dae-16");
  const auto shapes = infer_shapes(graph, digit);
  for (std::size_t i = 0; i < shapes.size(); ++i)
    if (heights.empty() || heights.back() != shapes[i].h) heights.push_back(shapes[i].h);
  CHECK(heights == std::vector<int>{28, 14, 7, 4, 2, 4, 8, 16, 32, 28});
  const auto notes = warnings(graph, digit);
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], ContainsSubstring("upsampling by 1"));
}

TEST_CASE("an unknown preset suggests the nearest", "[graph]") {
  CHECK_THROWS_AS(preset("conv-dae-33"), UsageError);
  CHECK_THROWS_WITH(preset("conv-dae-33"), ContainsSubstring("conv-dae-32"));
}

TEST_CASE("parameters are laid out in canonical order without gaps", "[graph]") {
  const auto all = parameters(chain({Conv2d{4, 5}, ReLU{}, Flatten{}, Dense{7}}), {1, 3, 2, 3});
  REQUIRE(all.size() == 4);
  CHECK(all[0].name == "conv2d.weight");
  CHECK(all[0].dims == std::vector<int>{4, 3, 5, 5});
  CHECK(all[0].fan_in == 75);
  CHECK(all[0].fan_out == 100);
  CHECK(all[1].name == "conv2d.bias");
  CHECK(all[1].offset == 300);
  CHECK(all[2].dims == std::vector<int>{7, 24});
  CHECK(all[2].offset == 304);
  CHECK(parameter_count(all) == 304 + 168 + 7);
}

TEST_CASE("shape errors name the layer and both shapes", "[graph]") {
  CHECK_THROWS_AS(infer_shapes(chain({Dense{3}}), digit), ShapeError);
  CHECK_THROWS_WITH(infer_shapes(chain({Dense{3}}), digit),
                    ContainsSubstring("'dense'") && ContainsSubstring("28x28x1") && ContainsSubstring("1x1x784"));
  CHECK_THROWS_WITH(infer_shapes(chain({Conv2d{1, 5, Padding::valid}}), {1, 4, 9, 1}),
                    ContainsSubstring("'conv2d'") && ContainsSubstring("4x9x1") && ContainsSubstring("5x5"));
  Graph skip = chain({MaxPool2d{2}});
  skip.append(Add{}, {0, 1});
  CHECK_THROWS_WITH(infer_shapes(skip, digit),
                    ContainsSubstring("'add'") && ContainsSubstring("14x14x1") && ContainsSubstring("28x28x1"));
  CHECK_THROWS_AS(infer_shapes(chain({Flatten{}, Reshape{5, 5, 1}}), digit), ShapeError);
  CHECK_THROWS_AS(infer_shapes(chain({Upsample2d{64}, Upsample2d{64}, Upsample2d{64}}), digit), ShapeError);
  CHECK_THROWS_AS(infer_shapes(chain({ReLU{}}), {1, 0, 28, 1}), ShapeError);
}

TEST_CASE("validate finds every fault of structure", "[graph]") {
  CHECK_THROWS_AS(validate(Graph{}), GraphError);
  CHECK_THROWS_AS(validate(chain({})), GraphError);
  CHECK_THROWS_AS(validate(chain({Input{}})), GraphError);
  CHECK_THROWS_WITH(validate(chain({Conv2d{0, 3}})), ContainsSubstring("filters is 0"));
  CHECK_THROWS_WITH(validate(chain({MaxPool2d{0}})), ContainsSubstring("size is 0"));
  CHECK_THROWS_AS(validate(chain(std::vector<Op>(2000, ReLU{}))), GraphError);

  Graph graph = chain({ReLU{}, ReLU{}});
  graph.nodes[2].name = graph.nodes[1].name;
  CHECK_THROWS_WITH(validate(graph), ContainsSubstring("two layers"));
  graph.nodes[2].name = "a name\n";
  CHECK_THROWS_AS(validate(graph), GraphError);
  graph.nodes[2].name = "b";
  graph.nodes[1].inputs = {2};
  CHECK_THROWS_WITH(validate(graph), ContainsSubstring("not before it"));
  graph.nodes[1].inputs = {-1};
  CHECK_THROWS_AS(validate(graph), GraphError);
  graph.nodes[1].inputs = {0, 0};
  CHECK_THROWS_WITH(validate(graph), ContainsSubstring("2 inputs"));
  graph.nodes[1].inputs = {0};
  graph.nodes[2].inputs = {0};
  CHECK_THROWS_WITH(validate(graph), ContainsSubstring("read by no other"));
}

TEST_CASE("extents that would overflow are refused", "[graph][hostile]") {
  constexpr int huge = 2147483647;
  CHECK_THROWS_AS(infer_shapes(chain({Upsample2d{64}}), {1, huge, 1, 1}), ShapeError);
  CHECK_THROWS_AS(infer_shapes(chain({Flatten{}}), {1, huge, huge, huge}), ShapeError);
  CHECK_THROWS_AS(infer_shapes(chain({Flatten{}}), {1, 1 << 13, 1 << 13, 1}), ShapeError);
  CHECK_THROWS_AS(infer_shapes(chain({Flatten{}}), {1, 1 << 13, 1 << 13, 32}), ShapeError);
  CHECK_THROWS_AS(infer_shapes(chain({Conv2d{1, 63}}), {1, 1, 1, huge}), ShapeError);
  CHECK_THROWS_WITH(infer_shapes(chain({Conv2d{1, 63}}), {1, 1, 1, 1 << 20}), ContainsSubstring("at most 524288"));
  Graph doubling = chain({});
  for (int i = 0; i < 40; ++i) doubling.append(Concat{}, {i, i});
  CHECK_THROWS_AS(infer_shapes(doubling, {1, 1, 1, 1}), ShapeError);
}

TEST_CASE("tiling: strides that would overflow are refused", "[graph][hostile]") {
  // Branches of 2^6, 3^4, 5^3, 7^3 and 11^2 pools: their common multiple is beyond an int.
  Graph graph = chain({});
  std::vector<int> ends;
  const std::vector<std::pair<int, int>> branches = {{2, 6}, {3, 4}, {5, 3}, {7, 3}, {11, 2}};
  for (const auto& [size, times] : branches) {
    int last = 0;
    for (int i = 0; i < times; ++i) last = graph.append(MaxPool2d{size}, {last});
    for (int i = 0; i < times; ++i) last = graph.append(Upsample2d{size}, {last});
    ends.push_back(last);
  }
  graph.append(Add{}, ends);
  CHECK_FALSE(window_constraints(graph).any_size);
  CHECK_THAT(window_constraints(graph).reason, ContainsSubstring("4096 pixels"));
}

TEST_CASE("tiling: halo, stride and refusal", "[graph]") {
  WindowConstraints t = window_constraints(chain({Conv2d{8, 3}, ReLU{}, Conv2d{1, 5}}));
  CHECK(t.any_size);
  CHECK(t.halo == 3);
  CHECK(t.stride == 1);

  // Two pools: the innermost convolution sees one position of 4 pixels; each upsampling rounds the need up to a whole
  // position. Counted by hand from the output: 1, up: 1, +1 = 2, up: 1, +1 = 2, pool: 4, +1 = 5, pool: 10, +1 = 11.
  t = window_constraints(preset("conv-dae-32"));
  CHECK(t.any_size);
  CHECK(t.halo == 11);
  CHECK(t.stride == 4);
  // The same in squares of 4 positions, of 8 behind an upsampling: 1, up: 1, 8 + 1 = 9, up: 5, 8 + 1 = 9, pool: 18,
  // 20 + 1 = 21, pool: 42, 44 + 1 = 45.
  CHECK(t.exact_halo == 45);

  CHECK_FALSE(window_constraints(preset("conv-dae-16")).any_size);
  CHECK_THAT(window_constraints(preset("dense-dae")).reason, ContainsSubstring("flatten"));
  CHECK_THAT(window_constraints(chain({MaxPool2d{2}})).reason, ContainsSubstring("size"));
  Graph uneven = chain({MaxPool2d{2}, Upsample2d{2}});
  uneven.append(Add{}, {0, 2});
  CHECK(window_constraints(uneven).any_size);
}
