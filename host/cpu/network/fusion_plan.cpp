#include "host/cpu/network/fusion_plan.hpp"

#include <algorithm>

#include "host/cpu/stages/convolutions.hpp"

namespace dae::cpu {

FusionPlan::FusionPlan(const Graph& graph, std::span<const Shape> shapes, bool whole_windows, bool predicts)
    : graph_(graph), shapes_(shapes), whole_windows_(whole_windows), predicts_(predicts), readers_(graph.nodes.size()) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    for (const int input : graph.nodes[i].inputs) readers_[static_cast<std::size_t>(input)].push_back(i);
}

template <class Layer>
const Layer* FusionPlan::only_reader(std::size_t node) const {
  return readers_[node].size() == 1 ? std::get_if<Layer>(&graph_.nodes[readers_[node][0]].op) : nullptr;
}

FusionPlan::Fusion FusionPlan::from(std::size_t node) const {
  Fusion fusion{.last = node};
  const auto* conv = std::get_if<Conv2d>(&graph_.nodes[node].op);
  if (conv == nullptr && !std::holds_alternative<Dense>(graph_.nodes[node].op)) return fusion;
  fusion.relu = only_reader<ReLU>(node) != nullptr;
  if (!fusion.relu) return fusion;
  fusion.last = readers_[node][0];
  if (conv == nullptr || only_convolved(static_cast<std::size_t>(graph_.nodes[node].inputs[0]))) return fusion;
  const auto* pool = only_reader<MaxPool2d>(fusion.last);
  fusion.pool =
      pool != nullptr && pool->size == 2 && !(whole_windows_ && (shapes_[node].h % 2 != 0 || shapes_[node].w % 2 != 0));
  if (fusion.pool) fusion.last = readers_[fusion.last][0];
  return fusion;
}

bool FusionPlan::taken_apart(std::size_t node) const {
  const auto& inputs = graph_.nodes[node].inputs;
  if (!predicts_ || !std::holds_alternative<Concat>(graph_.nodes[node].op) || inputs.size() != 2) return false;
  const auto coarse = static_cast<std::size_t>(inputs[1]);
  const auto* upsampling = std::get_if<Upsample2d>(&graph_.nodes[coarse].op);
  if (upsampling == nullptr || upsampling->factor != 2 || readers_[coarse].size() != 1) return false;
  return !readers_[node].empty() && std::ranges::all_of(readers_[node], [&](std::size_t reader) {
    const auto* conv = std::get_if<Conv2d>(&graph_.nodes[reader].op);
    return conv != nullptr &&
           WinogradConvolution::upsamples(ConvShape(*conv, shapes_[node], shapes_[reader], 1, shapes_[reader]));
  });
}

bool FusionPlan::only_convolved(std::size_t node) const {
  const auto* upsampling = std::get_if<Upsample2d>(&graph_.nodes[node].op);
  if (upsampling != nullptr && readers_[node].size() == 1 && taken_apart(readers_[node][0])) return true;
  return upsampling != nullptr && !readers_[node].empty() &&
         std::ranges::all_of(readers_[node], [&](std::size_t reader) {
           const auto* conv = std::get_if<Conv2d>(&graph_.nodes[reader].op);
           return conv != nullptr && can_upsample(*conv, upsampling->factor);
         });
}

bool FusionPlan::is_identity(std::size_t node) const {
  const auto* upsampling = std::get_if<Upsample2d>(&graph_.nodes[node].op);
  const auto* pool = std::get_if<MaxPool2d>(&graph_.nodes[node].op);
  return (upsampling != nullptr && upsampling->factor == 1) || (pool != nullptr && pool->size == 1);
}

}  // namespace dae::cpu
