#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "cuda/cudnn/planner.hpp"
#include "cuda/layers/lowering.hpp"

namespace dae::cuda {

/// The state that layers share while a graph is lowered. Op files see it through LayerBuilder only.
class Lowering {
 public:
  Lowering(const Graph& graph, const Spec& spec, InputGradient input_gradient, const ParameterLayout& layout,
           const Libraries& libraries, cudnn::Choices& choices);
  StepList run();

 private:
  friend class LayerBuilder;

  /// Input `input` of node `node`.
  struct Reader {
    std::size_t node, input;
    friend bool operator==(const Reader&, const Reader&) = default;
  };
  /// Where the layer that is being lowered puts its backward steps; additions come after all others.
  struct Current {
    std::vector<Step>* backward = nullptr;
    std::vector<Step>* additions = nullptr;
  };

  static std::size_t index(int node) { return static_cast<std::size_t>(node); }
  BufferId add_buffer(std::size_t bytes);
  std::optional<BufferId> gradient_target(std::size_t node, std::size_t input);
  void alias(std::size_t node);
  [[nodiscard]] bool applies_relu(std::size_t node) const;
  [[nodiscard]] bool applied_elsewhere(std::size_t node) const;
  void finish(Element element);

  const Graph& graph_;
  const Spec& spec_;
  const ParameterLayout& layout_;
  Libraries libraries_;
  cudnn::Choices& choices_;
  cudnn::Choices wanted_;
  cudnn::PlanRequest request_;
  std::vector<Shape> shapes_;
  std::vector<std::vector<Reader>> readers_;
  std::vector<bool> needs_gradient_;
  std::vector<BufferId> values_, gradients_;
  Current current_;
  std::vector<std::vector<Step>> backward_;
  StepList steps_;
};

}  // namespace dae::cuda
