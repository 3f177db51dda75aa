#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dae/graph.hpp"

namespace dae::cuda {

/// Where a parameter lies on the device and how its numbers are ordered there. Convolutions are stored (filters,
/// kernel, kernel, channels) for channels-last cuDNN; everything else keeps the canonical order.
struct ParameterPlace {
  std::size_t canonical = 0;  ///< Offset in the canonical arena, in floats.
  std::size_t offset = 0;     ///< Offset on the device, in elements.
  std::size_t size = 0;
  int filters = 0, channels = 0, area = 1;  ///< A convolution's; filters is 0 for all others.
  int node = 0;
};

/// The device's arena: all weights, then all biases, each at a boundary of kAlign elements (256 bytes in bf16, 512 in
/// fp32). Numbers between them are zero and stay zero.
class ParameterLayout {
 public:
  static constexpr std::size_t kAlign = 128;

  ParameterLayout(const Graph& graph, const Shape& sample);

  [[nodiscard]] std::size_t weights() const { return weights_; }  ///< Elements before the first bias.
  [[nodiscard]] std::size_t size() const { return size_; }        ///< Elements in all.
  [[nodiscard]] std::size_t canonical_size() const { return canonical_size_; }
  [[nodiscard]] const ParameterPlace& weight_of(int node) const { return find(node, false); }
  [[nodiscard]] const ParameterPlace& bias_of(int node) const { return find(node, true); }
  [[nodiscard]] bool has_parameters(int node) const;

  /// `device` has size() floats, `canonical` canonical_size().
  void to_device(std::span<const float> canonical, std::span<float> device) const;
  void to_canonical(std::span<const float> device, std::span<float> canonical) const;

  friend bool operator==(const ParameterLayout&, const ParameterLayout&);

 private:
  [[nodiscard]] const ParameterPlace& find(int node, bool bias) const;

  std::vector<ParameterPlace> places_;
  std::size_t weights_ = 0, size_ = 0, canonical_size_ = 0;
};

}  // namespace dae::cuda
