#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dae/graph.hpp"

namespace dae::cpu {

/// Which layers of a graph the CPU device carries out together.
class FusionPlan {
 public:
  /// The layers behind a convolution or Dense that its stage takes in, each its predecessor's only reader.
  struct Fusion {
    bool relu = false, pool = false;
    std::size_t last = 0;
  };

  /// `whole_windows`: a pooling is taken in only where its windows cover the image exactly. `predicts`: nothing goes
  /// back.
  FusionPlan(const Graph& graph, std::span<const Shape> shapes, bool whole_windows, bool predicts);

  [[nodiscard]] Fusion from(std::size_t node) const;
  [[nodiscard]] const std::vector<std::size_t>& readers(std::size_t node) const { return readers_[node]; }
  /// True for an upsampling whose readers are all convolutions that can take the image before it instead, or one that
  /// only goes into a Concat that is never made.
  [[nodiscard]] bool only_convolved(std::size_t node) const;
  /// True for the Concat of an image and an upsampling by 2 if all its readers are convolutions that can take these two
  /// instead: it is never made.
  [[nodiscard]] bool taken_apart(std::size_t node) const;
  /// True for an upsampling or a pooling by 1.
  [[nodiscard]] bool is_identity(std::size_t node) const;

 private:
  template <class Layer>
  [[nodiscard]] const Layer* only_reader(std::size_t node) const;

  const Graph& graph_;
  std::span<const Shape> shapes_;
  bool whole_windows_, predicts_;
  std::vector<std::vector<std::size_t>> readers_;
};

}  // namespace dae::cpu
