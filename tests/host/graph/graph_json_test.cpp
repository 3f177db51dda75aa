#include <fmt/format.h>

#include <string>

#include "dae/error.hpp"
#include "dae/graph.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/complaint.hpp"

using dae::Graph;
using dae::graph_from_json;
using dae::to_json;

namespace {

/// A model whose layers are the given JSON objects, after an Input called "input".
std::string model(const std::string& layers) {
  return R"({"name": "m", "layers": [{"type": "Input", "name": "input"}, )" + layers + "]}";
}

std::string complaint(const std::string& text) {
  return complaint_of([&] { graph_from_json(text); }, "");
}

/// One of every layer, with skips and options that are not the defaults.
Graph everything() {
  Graph graph{"everything", {}};
  const int input = graph.append(dae::Input{});
  const int conv = graph.append(dae::Conv2d{8, 5, dae::Padding::same});
  const int relu = graph.append(dae::ReLU{});
  graph.append(dae::MaxPool2d{3});
  const int up = graph.append(dae::Upsample2d{3});
  const int add = graph.append(dae::Add{}, {relu, up, conv});
  graph.append(dae::Concat{}, {add, conv});
  graph.append(dae::SpaceToDepth{3});
  graph.append(dae::NoiseMap{});
  graph.append(dae::DepthToSpace{1});
  const int valid = graph.append(dae::Conv2d{1, 1, dae::Padding::valid});
  graph.append(dae::Subtract{}, {input, valid});
  graph.append(dae::Flatten{});
  graph.append(dae::Dense{36});
  graph.append(dae::Reshape{6, 6, 1});
  graph.append(dae::Sigmoid{});
  return graph;
}

}  // namespace

TEST_CASE("every layer and preset survives JSON", "[graph_json]") {
  Graph graph = everything();
  CHECK(graph_from_json(to_json(graph)) == graph);
  CHECK(to_json(graph_from_json(to_json(graph))) == to_json(graph));
  for (const auto name : dae::preset_names()) CHECK(graph_from_json(to_json(dae::preset(name))) == dae::preset(name));
}

TEST_CASE("the JSON of a graph is one layer a line", "[graph_json]") {
  Graph graph{"tiny", {}};
  const int input = graph.append(dae::Input{});
  const int conv = graph.append(dae::Conv2d{2, 3, dae::Padding::valid});
  graph.append(dae::Subtract{}, {input, conv});
  CHECK(to_json(graph) == R"({
  "name": "tiny",
  "layers": [
    {"type":"Input","name":"input"},
    {"type":"Conv2d","name":"conv2d","filters":2,"kernel":3,"padding":"valid"},
    {"type":"Subtract","name":"subtract","inputs":["input","conv2d"]}
  ]
}
)");
}

TEST_CASE("names, inputs and options have defaults", "[graph_json]") {
  const Graph graph = graph_from_json(
      R"({"layers": [{"type": "Input"}, {"type": "Conv2d"}, {"type": "Conv2d"}, {"type": "MaxPool2d"}]})");
  Graph wanted;
  wanted.append(dae::Input{});
  wanted.append(dae::Conv2d{});
  wanted.append(dae::Conv2d{});
  wanted.append(dae::MaxPool2d{});
  CHECK(graph == wanted);
  CHECK(graph.nodes[2].name == "conv2d_1");
}

TEST_CASE("a layer that is not known is named with the nearest", "[graph_json][hostile]") {
  CHECK(complaint(model(R"({"type": "conv2D"})")) == "layers[1]: unknown layer 'conv2D' (did you mean 'Conv2d'?)");
  CHECK(complaint(model(R"({"kernel": 3})")) == "layers[1]: has no 'type'");
  CHECK_THAT(complaint(model(R"({"type": "Conv2d", "kernal": 3})")), ContainsSubstring("did you mean 'kernel'?"));
  CHECK_THAT(complaint(model(R"({"type": "ReLU", "kernel": 3})")), ContainsSubstring("unknown key 'kernel'"));
  CHECK_THAT(complaint(R"({"layer": []})"), ContainsSubstring("has no 'layers'"));
  CHECK_THAT(complaint(R"({"layers": [], "nmae": "x"})"), ContainsSubstring("did you mean 'name'?"));
}

TEST_CASE("inputs must be earlier layers", "[graph_json][hostile]") {
  CHECK_THAT(complaint(model(R"({"type": "ReLU", "inputs": ["inptu"]})")),
             ContainsSubstring("layers[1]: no layer before it is called 'inptu' (did you mean 'input'?)"));
  CHECK_THAT(complaint(model(R"({"type": "ReLU", "name": "a", "inputs": ["b"]},
                                {"type": "ReLU", "name": "b", "inputs": ["a"]})")),
             ContainsSubstring("layers[1]: its input 'b' comes no earlier"));
  CHECK_THAT(complaint(model(R"({"type": "ReLU", "name": "a", "inputs": ["a"]})")),
             ContainsSubstring("its input 'a' comes no earlier"));
  CHECK_THAT(complaint(model(R"({"type": "ReLU", "inputs": []})")), ContainsSubstring("0 inputs"));
  CHECK_THAT(complaint(model(R"({"type": "Add", "inputs": ["input"]})")), ContainsSubstring("1 inputs"));
}

TEST_CASE("names must be unique and well formed", "[graph_json][hostile]") {
  CHECK_THAT(complaint(model(R"({"type": "ReLU", "name": "a"}, {"type": "ReLU", "name": "a"})")),
             ContainsSubstring("two layers have the name 'a'"));
  CHECK_THAT(complaint(model(R"({"type": "ReLU", "name": "a\nb\u001b[31m"})")), ContainsSubstring("a\\x0ab\\x1b"));
  CHECK_THAT(complaint(model(R"({"type": "ReLU", "name": ""})")), ContainsSubstring("has the name ''"));
}

TEST_CASE("values must have the right type and size", "[graph_json][hostile]") {
  for (const auto* kernel : {"0", "-3", "1e300", "4294967299", "18446744073709551616", "2.5", "\"3\"", "null", "[3]"}) {
    CHECK_THAT(complaint(model(fmt::format(R"({{"type": "Conv2d", "kernel": {}}})", kernel))),
               ContainsSubstring("layers[1]: 'kernel' must be a whole number"));
  }
  CHECK_THAT(complaint(model(R"({"type": "Conv2d", "kernel": NaN})")), ContainsSubstring("not valid JSON at line 1"));
  CHECK_THAT(complaint(model(R"({"type": "Conv2d", "padding": "full"})")), ContainsSubstring("'same' or 'valid'"));
  CHECK_THAT(complaint(model(R"({"type": 3})")), ContainsSubstring("'type' must be a text"));
  CHECK_THAT(complaint(model(R"({"type": "ReLU", "inputs": "input"})")), ContainsSubstring("must be a list of texts"));
  CHECK_THAT(complaint(model("3")), ContainsSubstring("layers[1]: must be a JSON object"));
  CHECK_THAT(complaint(R"({"layers": {}})"), ContainsSubstring("'layers' must be a list"));
  CHECK_THAT(complaint("[]"), ContainsSubstring("the model: must be a JSON object"));
}

TEST_CASE("graphs that are none are refused", "[graph_json][hostile]") {
  CHECK_THAT(complaint(R"({"layers": []})"), ContainsSubstring("first layer must be an Input"));
  CHECK_THAT(complaint(R"({"layers": [{"type": "ReLU"}]})"), ContainsSubstring("first layer must be an Input"));
  CHECK_THAT(complaint(model(R"({"type": "Input"})")), ContainsSubstring("only the first layer"));
  CHECK_THAT(complaint(model(R"({"type": "ReLU"}, {"type": "ReLU", "inputs": ["input"]})")),
             ContainsSubstring("read by no other"));
}

TEST_CASE("whatever is wrong with a model is a GraphError", "[graph_json][hostile]") {
  REQUIRE_THROWS_AS(graph_from_json("{"), dae::GraphError);
  REQUIRE_THROWS_AS(graph_from_json(model("3")), dae::GraphError);
}

TEST_CASE("ten thousand layers and deep nesting are refused", "[graph_json][hostile]") {
  std::string layers = R"({"type": "ReLU"})";
  for (int i = 1; i < 10'000; ++i) layers += R"(, {"type": "ReLU"})";
  CHECK(complaint(model(layers)) == "the model has 10001 layers; at most 1000 are allowed");
  CHECK_THAT(complaint(model(std::string(100'000, '['))), ContainsSubstring("nested deeper"));
  CHECK_THAT(complaint(R"({"layers": [], "layers": []})"), ContainsSubstring("key 'layers' twice"));
  CHECK_THAT(complaint("\xff\xfe"), ContainsSubstring("not valid JSON"));
}
