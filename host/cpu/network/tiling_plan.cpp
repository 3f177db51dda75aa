#include "host/cpu/network/tiling_plan.hpp"

#include <algorithm>
#include <limits>

#include "host/cpu/network/tiling_rule.hpp"

namespace dae::cpu {
namespace {

// Moving an element to another lane costs so many multiply-adds of a register.
constexpr double move_cost = 6;
// Retiling an image must save so much of the next layer's work: every further border costs too.
constexpr double worth_moving = 0.6;

class Planner {
 public:
  Planner(const Graph& graph, std::span<const Shape> shapes, const FusionPlan& fusions, int lanes)
      : graph_(graph), shapes_(shapes), fusions_(fusions), rule_(graph, shapes, fusions), tilings_(graph.nodes.size()) {
    for (std::size_t node = 1; node < graph.nodes.size(); ++node)
      tilings_[node] = lane_tilings_for(rule_.input_shape(node), lanes);
  }

  /// The cost of a block with an image in each lane.
  [[nodiscard]] double block_cost() const {
    double cost = 0;
    for_stages([](std::size_t) {},
               [&](std::size_t node) {
                 const Shape& in = rule_.input_shape(node);
                 cost += work(node) * static_cast<double>(in.h) * in.w;
               });
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
      if (const auto same = rule_.result(node, layer.in)) layer.out = *same;
      respread(node, layer);
      for (const int from : inputs)
        if (layers[static_cast<std::size_t>(from)].out != layer.in)
          cost += move_cost * static_cast<double>(rule_.source(static_cast<std::size_t>(from)).sample_size());
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
      if (fusions_.is_identity(node) || fusions_.only_convolved(node) || fusions_.taken_apart(node)) {
        pass_on(node);
        continue;
      }
      stage(node);
      for (std::size_t each = node; each != fusions_.from(node).last;) taken[each = fusions_.readers(each)[0]] = true;
    }
  }

  /// Takes another tiling for the layer's inputs if that is needed or pays.
  void respread(std::size_t node, TilingPlan::Layer& layer) const {
    const Shape& in = rule_.input_shape(node);
    const double per_pixel = work(node), move = move_cost * static_cast<double>(in.sample_size());
    const double best = layer.out.down * layer.out.height > 0
                            ? worth_moving * per_pixel * static_cast<double>(layer.in.pixels()) - move
                            : std::numeric_limits<double>::infinity();
    for (const LaneTiling& tiling : tilings_[node]) {
      if (per_pixel * static_cast<double>(tiling.pixels()) >= best) return;
      const auto out = rule_.result(node, tiling);
      if (!out) continue;
      layer = {tiling, *out};
      return;
    }
  }

  /// Multiply-adds of registers for a pixel of the stage's input.
  [[nodiscard]] double work(std::size_t node) const {
    const double in = rule_.input_shape(node).c, out = shapes_[node].c;
    const Op& op = graph_.nodes[node].op;
    if (std::holds_alternative<Dense>(op)) return in * out;
    const auto* conv = std::get_if<Conv2d>(&op);
    const double taps =
        conv != nullptr ? conv->kernel * conv->kernel * rule_.upsampling(node) * rule_.upsampling(node) : 0;
    return taps * in * out + 8 * in;  // a layer that only moves pixels: about a load and a store each
  }

  const Graph& graph_;
  std::span<const Shape> shapes_;
  const FusionPlan& fusions_;
  TilingRule rule_;
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
