#include "host/cpu/chains.hpp"

#include <algorithm>

#include "host/cpu/convolution.hpp"

namespace dae::cpu {

Chains::Chains(const Graph& graph, std::span<const Shape> shapes, bool whole_windows)
    : graph_(graph), shapes_(shapes), whole_windows_(whole_windows), readers_(graph.nodes.size()) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    for (const int input : graph.nodes[i].inputs) readers_[static_cast<std::size_t>(input)].push_back(i);
}

template <class Layer>
const Layer* Chains::only_reader(std::size_t node) const {
  return readers_[node].size() == 1 ? std::get_if<Layer>(&graph_.nodes[readers_[node][0]].op) : nullptr;
}

Chains::Chain Chains::from(std::size_t node) const {
  Chain chain{.last = node};
  const auto* conv = std::get_if<Conv2d>(&graph_.nodes[node].op);
  if (conv == nullptr && !std::holds_alternative<Dense>(graph_.nodes[node].op)) return chain;
  chain.relu = only_reader<ReLU>(node) != nullptr;
  if (!chain.relu) return chain;
  chain.last = readers_[node][0];
  if (conv == nullptr || only_convolved(static_cast<std::size_t>(graph_.nodes[node].inputs[0]))) return chain;
  const auto* pool = only_reader<MaxPool2d>(chain.last);
  chain.pool =
      pool != nullptr && pool->size == 2 && !(whole_windows_ && (shapes_[node].h % 2 != 0 || shapes_[node].w % 2 != 0));
  if (chain.pool) chain.last = readers_[chain.last][0];
  return chain;
}

bool Chains::only_convolved(std::size_t node) const {
  const auto* upsampling = std::get_if<Upsample2d>(&graph_.nodes[node].op);
  return upsampling != nullptr && !readers_[node].empty() &&
         std::ranges::all_of(readers_[node], [&](std::size_t reader) {
           const auto* conv = std::get_if<Conv2d>(&graph_.nodes[reader].op);
           return conv != nullptr && can_upsample(*conv, upsampling->factor);
         });
}

bool Chains::does_nothing(std::size_t node) const {
  const auto* upsampling = std::get_if<Upsample2d>(&graph_.nodes[node].op);
  const auto* pool = std::get_if<MaxPool2d>(&graph_.nodes[node].op);
  return (upsampling != nullptr && upsampling->factor == 1) || (pool != nullptr && pool->size == 1);
}

}  // namespace dae::cpu
