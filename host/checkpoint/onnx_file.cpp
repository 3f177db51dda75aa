#include "host/checkpoint/onnx_file.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <type_traits>

namespace dae {
namespace {

constexpr int opset = 13;      // It is of 2020, has all that the layers need, and every runtime reads it.
constexpr int ir_version = 7;  // The one that belongs to opset 13.
constexpr const char* program = "dae-cuda";

void set_ints(onnx::NodeProto& node, const char* name, std::initializer_list<std::int64_t> values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const std::int64_t value : values) attribute.add_ints(value);
}

void set_int(onnx::NodeProto& node, const char* name, std::int64_t value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void set_text(onnx::NodeProto& node, const char* name, const char* value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::STRING);
  attribute.set_s(value);
}

/// Translates one graph, layer by layer: Writer()(op, layer's index).
class Writer {
 public:
  Writer(const Checkpoint& checkpoint, onnx::GraphProto& out)
      : graph_(checkpoint.graph),
        shapes_(infer_shapes(checkpoint.graph, checkpoint.sample)),
        sigma_(noise_level(checkpoint.noise)),
        out_(out) {
    for (const Parameter& p : parameters(checkpoint.graph, checkpoint.sample)) {
      const std::vector<std::int64_t> dims(p.dims.begin(), p.dims.end());
      add_tensor(p.name, dims, std::span(checkpoint.weights).subspan(p.offset, p.size));
    }
  }

  void write() {
    for (std::size_t i = 1; i < graph_.nodes.size(); ++i) {
      std::visit([&](const auto& op) { (*this)(op, i); }, graph_.nodes[i].op);
    }
  }

 private:
  void operator()(const Input&, std::size_t) {}
  void operator()(const Conv2d& conv, std::size_t i) {
    onnx::NodeProto& node = add("Conv", i, {".weight", ".bias"});
    const int all = conv.padding == Padding::same ? conv.kernel - 1 : 0;
    const int before = all / 2, after = all - before;
    set_ints(node, "kernel_shape", {conv.kernel, conv.kernel});
    set_ints(node, "pads", {before, before, after, after});
  }
  void operator()(const MaxPool2d& pool, std::size_t i) {
    onnx::NodeProto& node = add("MaxPool", i);
    set_ints(node, "kernel_shape", {pool.size, pool.size});
    set_ints(node, "strides", {pool.size, pool.size});
    set_int(node, "ceil_mode", 1);
  }
  void operator()(const Upsample2d& upsample, std::size_t i) {
    const std::string scales = graph_.nodes[i].name + ".scales";
    const auto factor = static_cast<float>(upsample.factor);
    add_tensor(scales, {4}, std::array{1.0f, 1.0f, factor, factor});
    onnx::NodeProto& node = add("Resize", i);
    node.add_input("");  // No region of interest.
    node.add_input(scales);
    set_text(node, "mode", "nearest");
    set_text(node, "coordinate_transformation_mode", "asymmetric");
    set_text(node, "nearest_mode", "floor");
  }
  void operator()(const Dense&, std::size_t i) { set_int(add("Gemm", i, {".weight", ".bias"}), "transB", 1); }
  void operator()(const Flatten&, std::size_t i) { set_int(add("Flatten", i), "axis", 1); }
  void operator()(const Reshape& reshape, std::size_t i) {
    const std::string shape = graph_.nodes[i].name + ".shape";
    add_integers(shape, {-1, reshape.channels, reshape.height, reshape.width});
    add("Reshape", i).add_input(shape);
  }
  void operator()(const ReLU&, std::size_t i) { add("Relu", i); }
  void operator()(const Sigmoid&, std::size_t i) { add("Sigmoid", i); }
  void operator()(const Add&, std::size_t i) { add("Sum", i); }
  void operator()(const Subtract&, std::size_t i) { add("Sub", i); }
  void operator()(const Concat&, std::size_t i) { set_int(add("Concat", i), "axis", 1); }
  void operator()(const SpaceToDepth& op, std::size_t i) {
    // ONNX orders the new channels by position, then channel; ours are by channel, then position.
    const std::string shuffled = graph_.nodes[i].name + ".by_position", order = graph_.nodes[i].name + ".order";
    onnx::NodeProto& node = add("SpaceToDepth", i);
    set_int(node, "blocksize", op.block);
    node.set_output(0, shuffled);
    std::vector<std::int64_t> channels;
    const int depth = shapes_[static_cast<std::size_t>(graph_.nodes[i].inputs.front())].c;
    for (int c = 0; c < depth; ++c)
      for (int position = 0; position < op.block * op.block; ++position) channels.push_back(position * depth + c);
    add_integers(order, channels);
    gather_channels(shuffled, order, value(i));
  }
  void operator()(const DepthToSpace& op, std::size_t i) {
    onnx::NodeProto& node = add("DepthToSpace", i);
    set_int(node, "blocksize", op.block);
    set_text(node, "mode", "CRD");
  }
  /// 0 times a channel of the input, plus sigma: that has the input's size whatever it is.
  void operator()(const NoiseMap&, std::size_t i) {
    const std::string name = graph_.nodes[i].name, first = name + ".first", zero = name + ".zero";
    add_integers(first, {0});
    add_tensor(zero, {1}, std::array{0.0f});
    add_tensor(name + ".sigma", {1}, std::array{sigma_});
    const std::string channel = name + ".channel", zeros = name + ".zeros";
    gather_channels(value(static_cast<std::size_t>(graph_.nodes[i].inputs.front())), first, channel);
    add_node("Mul", zeros, {channel, zero}, zeros);
    add_node("Add", name, {zeros, name + ".sigma"}, value(i));
  }

  onnx::NodeProto& add_node(const char* type, const std::string& name, const std::vector<std::string>& inputs,
                            const std::string& output) {
    onnx::NodeProto& node = *out_.add_node();
    node.set_op_type(type);
    node.set_name(name);
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(output);
    return node;
  }

  void gather_channels(const std::string& from, const std::string& indices, const std::string& to) {
    set_int(add_node("Gather", to + ".gather", {from, indices}, to), "axis", 1);
  }

  void add_integers(const std::string& name, const std::vector<std::int64_t>& values) {
    onnx::TensorProto& tensor = *out_.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::INT64);
    tensor.add_dims(static_cast<std::int64_t>(values.size()));
    for (const std::int64_t one : values) tensor.add_int64_data(one);
  }

  [[nodiscard]] std::string value(std::size_t i) const {
    if (i == 0) return "input";
    return i + 1 == graph_.nodes.size() ? "output" : graph_.nodes[i].name;
  }

  /// A node that reads the layer's inputs, then the layer's own tensors of these name endings.
  onnx::NodeProto& add(const char* type, std::size_t i, std::initializer_list<const char*> tensors = {}) {
    std::vector<std::string> inputs;
    for (const int input : graph_.nodes[i].inputs) inputs.push_back(value(static_cast<std::size_t>(input)));
    for (const char* ending : tensors) inputs.push_back(graph_.nodes[i].name + ending);
    return add_node(type, graph_.nodes[i].name, inputs, value(i));
  }

  void add_tensor(const std::string& name, const std::vector<std::int64_t>& dims, std::span<const float> values) {
    onnx::TensorProto& tensor = *out_.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t dim : dims) tensor.add_dims(dim);
    tensor.set_raw_data(values.data(), values.size_bytes());  // Little-endian, as the format wants it.
  }

  const Graph& graph_;
  std::vector<Shape> shapes_;
  float sigma_;
  onnx::GraphProto& out_;
};

/// An input or output: any batch, and any height and width where `any_size` says so.
void describe(onnx::ValueInfoProto& info, const char* name, const Shape& shape, bool any_size) {
  info.set_name(name);
  onnx::TypeProto::Tensor& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  onnx::TensorShapeProto& dims = *type.mutable_shape();
  dims.add_dim()->set_dim_param("batch");
  dims.add_dim()->set_dim_value(shape.c);
  if (any_size) {
    dims.add_dim()->set_dim_param("height");
    dims.add_dim()->set_dim_param("width");
  } else {
    dims.add_dim()->set_dim_value(shape.h);
    dims.add_dim()->set_dim_value(shape.w);
  }
}

}  // namespace

std::string encode_onnx(const Checkpoint& checkpoint) {
  const Shape result = infer_shapes(checkpoint.graph, checkpoint.sample).back();
  const bool any_size = window_constraints(checkpoint.graph).any_size;
  onnx::ModelProto model;
  model.set_ir_version(ir_version);
  model.set_producer_name(program);
  onnx::OperatorSetIdProto& operators = *model.add_opset_import();
  operators.set_domain("");
  operators.set_version(opset);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name(checkpoint.graph.name.empty() ? program : checkpoint.graph.name);
  describe(*graph.add_input(), "input", checkpoint.sample, any_size);
  describe(*graph.add_output(), "output", result, any_size);
  Writer(checkpoint, graph).write();
  return model.SerializeAsString();
}

}  // namespace dae
