#pragma once

#include <cstddef>

namespace dae::cuda {

/// The type in which activations, their gradients and the operands of cuDNN and cuBLAS are stored. Weights, moments,
/// losses and sums are fp32 always.
enum class Element { f32, bf16 };

constexpr std::size_t bytes_of(Element element) { return element == Element::f32 ? 4 : 2; }

}  // namespace dae::cuda
