#include "host/checkpoint/onnx_file.hpp"

#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include "tests/support/catch.hpp"

using namespace dae;

namespace {

Checkpoint untrained(Graph graph, const Shape& sample) {
  Checkpoint checkpoint;
  checkpoint.weights.resize(parameter_count(parameters(graph, sample)));
  for (std::size_t i = 0; i < checkpoint.weights.size(); ++i) checkpoint.weights[i] = static_cast<float>(i);
  checkpoint.graph = std::move(graph);
  checkpoint.sample = sample;
  return checkpoint;
}

onnx::ModelProto checked(const Checkpoint& checkpoint) {
  onnx::ModelProto model;
  REQUIRE(model.ParseFromString(encode_onnx(checkpoint)));
  REQUIRE_NOTHROW(onnx::checker::check_model(model));
  return model;
}

/// "batch x 1 x height x width"
std::string dims_of(const onnx::ValueInfoProto& info) {
  std::string text;
  for (const auto& dim : info.type().tensor_type().shape().dim()) {
    text += (text.empty() ? "" : " x ") + (dim.has_dim_param() ? dim.dim_param() : std::to_string(dim.dim_value()));
  }
  return text;
}

}  // namespace

// That the models compute what ours do is shown with onnxruntime: tools/reference/check_exports.py.
TEST_CASE("exported presets pass ONNX's own checker and have the sizes that ONNX infers", "[onnx]") {
  for (const std::string_view name : preset_names()) {
    INFO(name);
    const Shape sample{1, 28, 28, preset_channels(name)};
    onnx::ModelProto model = checked(untrained(preset(name), sample));
    const bool any_size = window_constraints(preset(name)).any_size;
    const std::string channels = " x " + std::to_string(sample.c) + " x ";
    CHECK(dims_of(model.graph().input(0)) == "batch" + channels + (any_size ? "height x width" : "28 x 28"));
    // Given the sample's size, ONNX must come to our output's.
    auto& input = *model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
    for (const int at : {2, 3}) input.mutable_dim(at)->set_dim_value(28);
    model.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->clear_shape();
    onnx::shape_inference::InferShapes(model);
    const std::string inferred = dims_of(model.graph().output(0));
    CHECK(inferred.substr(inferred.find(" x ")) == channels + "28 x 28");
  }
}

TEST_CASE("an exported model holds the weights in canonical order", "[onnx]") {
  Graph graph{.name = "small", .nodes = {{"input", Input{}, {}}}};
  graph.append(Conv2d{.filters = 2, .kernel = 2});
  graph.append(Add{}, {1, 1});
  const onnx::ModelProto model = checked(untrained(graph, {1, 4, 4, 3}));
  const onnx::TensorProto& weight = model.graph().initializer(0);
  CHECK(weight.name() == "conv2d.weight");
  REQUIRE(weight.dims_size() == 4);
  CHECK(weight.dims(1) == 3);
  std::vector<float> values(24);
  REQUIRE(weight.raw_data().size() == values.size() * sizeof(float));
  std::copy_n(weight.raw_data().data(), weight.raw_data().size(), reinterpret_cast<char*>(values.data()));
  CHECK(values[23] == 23);
  // Keras' same padding: the extra row and column below and on the right.
  for (const onnx::AttributeProto& attribute : model.graph().node(0).attribute()) {
    if (attribute.name() != "pads") continue;
    CHECK(std::vector<std::int64_t>(attribute.ints().begin(), attribute.ints().end()) ==
          std::vector<std::int64_t>{0, 0, 1, 1});
  }
}
