#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dae/shape.hpp"

/// \file
/// The network as pure data. A Graph has no shapes and no weights: the same graph runs on 28x28 digits and on tiles of
/// a photo. What is neutral about a layer (shape rule, weights, cost, receptive field, JSON) is in host/graph/layers/;
/// what a device makes of it is in host/cpu/ and cuda/.
namespace dae {

/// same: the output has the size of the input; for an odd total the extra row and column are added below and on the
/// right, as Keras does. valid: no padding; the output loses kernel - 1 rows and columns.
enum class Padding { same, valid };

/// The images that enter the network; the first node of every graph, and the only one without inputs.
struct Input {
  friend bool operator==(const Input&, const Input&) = default;
};

/// Cross-correlation with stride 1 and a bias: y[o] = b[o] + sum_i,ky,kx w[o][i][ky][kx] x[i][y+ky-p][x+kx-p],
/// p = (kernel - 1) / 2 for `same`, 0 for `valid`. Weights: (filters, channels, kernel, kernel) and (filters).
struct Conv2d {
  int filters = 1, kernel = 3;
  Padding padding = Padding::same;
  friend bool operator==(const Conv2d&, const Conv2d&) = default;
};

/// Maximum over size x size windows with stride `size`; windows at the lower and right edge may be partial, so that 7
/// becomes 4 (Keras' SAME). The gradient goes to the first maximum in row order.
struct MaxPool2d {
  int size = 2;
  friend bool operator==(const MaxPool2d&, const MaxPool2d&) = default;
};

/// Repeats every row and column `factor` times (nearest neighbour).
struct Upsample2d {
  int factor = 2;
  friend bool operator==(const Upsample2d&, const Upsample2d&) = default;
};

/// y = W x + b on a feature vector. Weights: (units, channels) and (units).
struct Dense {
  int units = 1;
  friend bool operator==(const Dense&, const Dense&) = default;
};

/// h x w x c to a feature vector in C,H,W order: element (c * h + y) * w + x.
struct Flatten {
  friend bool operator==(const Flatten&, const Flatten&) = default;
};

/// A feature vector in C,H,W order to an image; the inverse of Flatten.
struct Reshape {
  int height = 1, width = 1, channels = 1;
  friend bool operator==(const Reshape&, const Reshape&) = default;
};

/// max(x, 0); the gradient at 0 is 0.
struct ReLU {
  friend bool operator==(const ReLU&, const ReLU&) = default;
};

/// 1 / (1 + exp(-x)). As the last node under the loss Bce it is fused with the loss.
struct Sigmoid {
  friend bool operator==(const Sigmoid&, const Sigmoid&) = default;
};

/// Sum of two or more inputs of one shape.
struct Add {
  friend bool operator==(const Add&, const Add&) = default;
};

/// First input minus second; the output of a residual denoiser.
struct Subtract {
  friend bool operator==(const Subtract&, const Subtract&) = default;
};

/// Channels of two or more inputs of one height and width, one input after the other.
struct Concat {
  friend bool operator==(const Concat&, const Concat&) = default;
};

/// Every `block` x `block` square of pixels becomes one pixel with block^2 times the channels, without loss:
/// y[(c * block + i) * block + j][y][x] = x[c][y * block + i][x * block + j], PyTorch's pixel_unshuffle. Height and
/// width must be multiples of `block`.
struct SpaceToDepth {
  int block = 2;
  friend bool operator==(const SpaceToDepth&, const SpaceToDepth&) = default;
};

/// The inverse of SpaceToDepth: PyTorch's pixel_shuffle. The channels must be a multiple of block^2.
struct DepthToSpace {
  int block = 2;
  friend bool operator==(const DepthToSpace&, const DepthToSpace&) = default;
};

/// One channel of the input's height and width that holds, everywhere, how strong the sample's noise is: sigma in units
/// of the image's range (Zhang, Zuo and Zhang, "FFDNet", arXiv 1710.04026, section III). While training and evaluating
/// it is what was drawn for the sample, else noise_level(Spec::noise).
struct NoiseMap {
  friend bool operator==(const NoiseMap&, const NoiseMap&) = default;
};

using Op = std::variant<Input, Conv2d, MaxPool2d, Upsample2d, Dense, Flatten, Reshape, ReLU, Sigmoid, Add, Subtract,
                        Concat, SpaceToDepth, DepthToSpace, NoiseMap>;

struct Node {
  std::string name;  ///< Unique in the graph; letters, digits, '_', '-' and '/'.
  Op op;
  std::vector<int> inputs;  ///< Indices of earlier nodes.
  friend bool operator==(const Node&, const Node&) = default;
};

/// More than this is refused: such a file is more often a mistake than a network.
inline constexpr std::size_t most_layers = 1000;

/// Nodes in topological order: node 0 is the Input, the last node is the output.
struct Graph {
  std::string name;
  std::vector<Node> nodes;
  friend bool operator==(const Graph&, const Graph&) = default;

  /// Appends a layer that reads the last node, under its default name. Returns its index.
  int append(Op op);
  /// Appends a layer that reads the nodes given.
  int append(Op op, std::vector<int> inputs);
};

/// "Conv2d", "ReLU" ...: the layer's name in JSON.
std::string_view type_name(const Op&);

/// The name that append gives a layer: the op's stem, then stem_1, stem_2 ... ("conv2d", "conv2d_1").
std::string default_name(const Graph&, const Op&);

/// Checks the structure: node 0 is the only Input, inputs exist and come earlier, their number fits the layer, names
/// are unique and well formed, options are within bounds, every node but the last is read by another.
/// Throws GraphError.
void validate(const Graph&);

/// The shape of every node for an input shape. Validates first. Throws ShapeError{layer, got, wanted} and GraphError.
std::vector<Shape> infer_shapes(const Graph&, const Shape& input);

/// The warnings that a valid graph deserves, one line each: layers that do nothing (upsampling by 1, a 1x1 pool,
/// ReLU after ReLU, Flatten of a feature vector).
std::vector<std::string> warnings(const Graph&, const Shape& input);

/// How a tile of a large image must be cut so that its result equals the whole image's.
struct WindowConstraints {
  static constexpr int square = 4;
  int halo = 0;  ///< Input pixels that an output pixel sees beyond itself, on each side.
  /// Input pixels that its last bit may depend on: devices compute squares of `square` x `square` pixels together, and
  /// what one of them sees may change how another is rounded.
  int exact_halo = 0;
  int stride = 1;  ///< Tile origins are multiples of this; sizes too, or they are padded.
  bool any_size =
      true;  ///< false when Dense, Flatten or Reshape tie the graph to one size, or the output's size differs.
  std::string reason;  ///< Why any_size is false.
};
WindowConstraints window_constraints(const Graph&);

/// One trainable tensor in canonical order: convolutions (filters, channels, kernel, kernel), Dense (units, channels).
struct Parameter {
  std::string name;  ///< "<node>.weight" or "<node>.bias".
  std::vector<int> dims;
  std::size_t offset = 0;       ///< In floats, in the flat arena that holds all parameters without gaps.
  std::size_t size = 0;         ///< In floats.
  int node = 0;                 ///< The layer it belongs to.
  int fan_in = 0, fan_out = 0;  ///< The layer's, for initialisation; both 0 for a bias.
};
std::vector<Parameter> parameters(const Graph&, const Shape& sample);

/// Floats in the arena: the sum of all sizes.
std::size_t parameter_count(std::span<const Parameter>);

/// Multiply-adds of one node for one sample; 0 for layers that only move data.
std::uint64_t multiply_adds(const Node&, std::span<const Shape> inputs, const Shape& output);

/// True when the loss can be fused: the last node is a Sigmoid.
bool ends_in_sigmoid(const Graph&);

/// JSON as docs/formats.md describes it. from_json throws GraphError and names the layer and the key.
std::string to_json(const Graph&);
Graph graph_from_json(std::string_view text);

/// "conv-dae-32", "conv-dae-16", "dense-dae" for digits; "dncnn", "dncnn-small", "ffdnet-small" and "unet-small" for
/// grey photos, and the same with "-colour" behind the name for three channels.
std::span<const std::string_view> preset_names();
/// The preset of that name. Throws UsageError with the nearest name.
Graph preset(std::string_view name);
/// Channels of the images that the preset of that name is for: 3 where it ends in "-colour", else 1.
int preset_channels(std::string_view name);
/// A preset's name, or the path of a JSON file. Throws UsageError and GraphError.
Graph load_model(const std::string& preset_or_path);

}  // namespace dae
