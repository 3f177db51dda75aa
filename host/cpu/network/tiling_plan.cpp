#include "host/cpu/network/tiling_plan.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "host/cpu/stages/convolution.hpp"

namespace dae::cpu {
namespace {

// What moving an element to another lane costs beside a multiply-add of a register.
constexpr double move_cost = 6;
// Spreading an image anew must save so much of the next layer's work: every further seam costs too.
constexpr double worth_moving = 0.6;

/// One dimension of a layer: tiles of `tile` pixels of an image of `in` pixels.
struct Length {
  int parts, tile, in, out;
};

/// The tile of a layer's result, or 0 where the layer needs pixels that tiles do not have.
struct Through {
  const Length& length;

  int operator()(const MaxPool2d& op) const { return length.tile % op.size == 0 ? length.tile / op.size : 0; }
  int operator()(const Upsample2d& op) const { return length.tile * op.factor; }
  int operator()(const SpaceToDepth& op) const { return length.tile % op.block == 0 ? length.tile / op.block : 0; }
  int operator()(const DepthToSpace& op) const { return length.tile * op.block; }
  int operator()(const Dense&) const { return 0; }
  int operator()(const Flatten&) const { return 0; }
  int operator()(const Reshape&) const { return 0; }
  // These keep the tiles; a convolution's reach is looked at apart.
  int operator()(const Input&) const { return length.tile; }
  int operator()(const Conv2d&) const { return length.tile; }
  int operator()(const ReLU&) const { return length.tile; }
  int operator()(const Sigmoid&) const { return length.tile; }
  int operator()(const Add&) const { return length.tile; }
  int operator()(const Subtract&) const { return length.tile; }
  int operator()(const Concat&) const { return length.tile; }
  int operator()(const NoiseMap&) const { return length.tile; }
};

class Planner {
 public:
  Planner(const Graph& graph, std::span<const Shape> shapes, const FusionPlan& fusions, int lanes)
      : graph_(graph), shapes_(shapes), fusions_(fusions), tilings_(graph.nodes.size()) {
    for (std::size_t node = 1; node < graph.nodes.size(); ++node)
      tilings_[node] = lane_tilings_for(input_shape(node), lanes);
  }

  /// What a block takes with an image in each lane.
  [[nodiscard]] double block_cost() const {
    double cost = 0;
    for_stages(
        [](std::size_t) {},
        [&](std::size_t node) { cost += work(node) * static_cast<double>(input_shape(node).h) * input_shape(node).w; });
    return cost;
  }

  /// Tilings of all layers where the input's is given. Returns the cost.
  double run(const LaneTiling& input, std::vector<TilingPlan::Layer>& layers) const {
    layers.assign(graph_.nodes.size(), {});
    layers[0] = {input, input};
    double cost = 0;
    const auto pass_on = [&](std::size_t node) {
      layers[node].in = layers[node].out = layers[static_cast<std::size_t>(graph_.nodes[node].inputs[0])].out;
    };
    for_stages(pass_on, [&](std::size_t node) {
      const auto& inputs = graph_.nodes[node].inputs;
      TilingPlan::Layer layer = {layers[static_cast<std::size_t>(inputs[0])].out, {}};
      if (const auto same = result(node, layer.in)) layer.out = *same;
      respread(node, layer);
      for (const int from : inputs)
        if (layers[static_cast<std::size_t>(from)].out != layer.in)
          cost += move_cost * static_cast<double>(source(static_cast<std::size_t>(from)).sample_size());
      cost += work(node) * static_cast<double>(layer.in.pixels());
      const std::size_t last = fusions_.from(node).last;
      for (std::size_t each = node; each != last; each = fusions_.readers(each)[0]) layers[each] = layer;
      layers[last] = layer;
    });
    return cost;
  }

 private:
  /// Calls stage(node) for every node that a stage begins with, and pass_on(node) for those that no stage carries out.
  template <class PassOn, class Stage>
  void for_stages(PassOn pass_on, Stage stage) const {
    std::vector<bool> taken(graph_.nodes.size(), false);
    for (std::size_t node = 1; node < graph_.nodes.size(); ++node) {
      if (taken[node]) continue;
      if (fusions_.is_identity(node) || fusions_.only_convolved(node)) {
        pass_on(node);
        continue;
      }
      stage(node);
      for (std::size_t each = node; each != fusions_.from(node).last;) taken[each = fusions_.readers(each)[0]] = true;
    }
  }

  /// The shape that the layer's stage reads as its output: before an upsampling that it takes in.
  [[nodiscard]] const Shape& source(std::size_t node) const {
    return shapes_[fusions_.only_convolved(node) ? static_cast<std::size_t>(graph_.nodes[node].inputs[0]) : node];
  }
  [[nodiscard]] const Shape& input_shape(std::size_t node) const {
    return source(static_cast<std::size_t>(graph_.nodes[node].inputs[0]));
  }
  [[nodiscard]] int upsampling(std::size_t node) const {
    const auto before = static_cast<std::size_t>(graph_.nodes[node].inputs[0]);
    return fusions_.only_convolved(before) ? std::get<Upsample2d>(graph_.nodes[before].op).factor : 1;
  }

  /// Takes another tiling for the layer's inputs if that is needed or pays.
  void respread(std::size_t node, TilingPlan::Layer& layer) const {
    const Shape& in = input_shape(node);
    const double per_pixel = work(node), move = move_cost * static_cast<double>(in.sample_size());
    const double best = layer.out.down * layer.out.height > 0
                            ? worth_moving * per_pixel * static_cast<double>(layer.in.pixels()) - move
                            : std::numeric_limits<double>::infinity();
    for (const LaneTiling& tiling : tilings_[node]) {
      if (per_pixel * static_cast<double>(tiling.pixels()) >= best) return;
      const auto out = result(node, tiling);
      if (!out) continue;
      layer = {tiling, *out};
      return;
    }
  }

  /// Multiply-adds of registers for a pixel of the stage's input.
  [[nodiscard]] double work(std::size_t node) const {
    const double in = input_shape(node).c, out = shapes_[node].c;
    const Op& op = graph_.nodes[node].op;
    if (std::holds_alternative<Dense>(op)) return in * out;
    const auto* conv = std::get_if<Conv2d>(&op);
    const double taps = conv != nullptr ? conv->kernel * conv->kernel * upsampling(node) * upsampling(node) : 0;
    return taps * in * out + 8 * in;  // of what only moves pixels, about a load and a store each
  }

  [[nodiscard]] bool never_negative(std::size_t node) const {
    while (fusions_.is_identity(node)) node = static_cast<std::size_t>(graph_.nodes[node].inputs[0]);
    return std::holds_alternative<ReLU>(graph_.nodes[node].op) ||
           std::holds_alternative<Sigmoid>(graph_.nodes[node].op);
  }

  [[nodiscard]] int tile_after(std::size_t node, const Length& length) const {
    const Op& op = graph_.nodes[node].op;
    if (length.parts == 1) return length.tile == length.in ? length.out : 0;
    if (length.parts * length.tile < length.in) return 0;
    int tile = std::visit(Through{length}, op);
    if (const auto* conv = std::get_if<Conv2d>(&op)) {
      const int before = conv->padding == Padding::same ? (conv->kernel - 1) / 2 : 0;
      const int reach = upsampling(node) > 1 ? conv->kernel - 1 : std::max(before, conv->kernel - 1 - before);
      if (reach > length.tile) return 0;  // a seam joins neighbours only
      tile *= upsampling(node);
      if (fusions_.from(node).pool) tile = tile % 2 == 0 ? tile / 2 : 0;
    }
    // What lies beyond the edge is zero and must not become the maximum of a window that sticks out.
    if (const auto* pool = std::get_if<MaxPool2d>(&op);
        pool != nullptr && length.in % pool->size != 0 &&
        !never_negative(static_cast<std::size_t>(graph_.nodes[node].inputs[0])))
      return 0;
    return length.parts * tile >= length.out ? tile : 0;
  }

  /// The tiling of the result of the stage that begins with `node`, or nothing if it cannot read `in`.
  [[nodiscard]] std::optional<LaneTiling> result(std::size_t node, const LaneTiling& in) const {
    const Shape &from = input_shape(node), &to = shapes_[fusions_.from(node).last];
    const LaneTiling out{in.down, in.across, tile_after(node, {in.down, in.height, from.h, to.h}),
                         tile_after(node, {in.across, in.width, from.w, to.w})};
    if (out.height == 0 || out.width == 0) return std::nullopt;
    const auto* conv = std::get_if<Conv2d>(&graph_.nodes[node].op);
    if (conv == nullptr) return out;
    const Shape tile = tile_before_pooling(out, fusions_.from(node).pool, shapes_[node]);
    if (!may_be_cut(ConvShape(*conv, tile_of(in, from), tile, upsampling(node), shapes_[node]), in.down > 1,
                    in.across > 1))
      return std::nullopt;
    return out;
  }

  const Graph& graph_;
  std::span<const Shape> shapes_;
  const FusionPlan& fusions_;
  std::vector<std::vector<LaneTiling>> tilings_;  // a node's inputs can be spread in
};

}  // namespace

TilingPlan::TilingPlan(const Graph& graph, std::span<const Shape> shapes, const FusionPlan& fusions, int lanes)
    : cost_(std::numeric_limits<double>::infinity()) {
  const Planner planner(graph, shapes, fusions, lanes);
  block_cost_ = planner.block_cost();
  std::vector<Layer> layers;
  for (const LaneTiling& input : lane_tilings_for(shapes[0], lanes)) {
    const double cost = planner.run(input, layers);
    if (cost >= cost_) continue;
    cost_ = cost;
    layers_ = layers;
  }
}

}  // namespace dae::cpu
