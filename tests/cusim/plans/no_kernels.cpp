#include <stdexcept>

#include "cuda/kernels/bias.hpp"
#include "cuda/kernels/layer_kernels.hpp"
#include "cuda/kernels/loss.hpp"
#include "cuda/runtime/blas.hpp"
#include "cuda/runtime/memory.hpp"

/// \file
/// Lowering refers to our kernels and to cuBLAS, planning never calls them: here nothing is ever enqueued.
namespace dae::cuda {
namespace {

[[noreturn]] void never() { throw std::logic_error("a test that only plans enqueued a kernel"); }

}  // namespace

void add_bias(cudaStream_t, void*, const void*, std::size_t, unsigned, bool, Element) { never(); }
void bias_gradient(cudaStream_t, void*, const void*, float*, unsigned, std::size_t, unsigned, Element) { never(); }
void activation_forward(cudaStream_t, Activation, const void*, void*, std::size_t, Element) { never(); }
void activation_backward(cudaStream_t, Activation, const void*, const void*, void*, std::size_t, Element) { never(); }
void combine(cudaStream_t, const Term&, const Term&, void*, std::size_t, Element) { never(); }
void copy_channels(cudaStream_t, const void*, Channels, void*, Channels, unsigned, std::size_t, Element) { never(); }
void make_output(cudaStream_t, const void*, float*, std::size_t, Element, bool) { never(); }
void noise_map(cudaStream_t, const float*, void*, std::size_t, std::size_t, Element) { never(); }
void space_to_depth(cudaStream_t, const void*, void*, const Shape&, unsigned, Element) { never(); }
void depth_to_space(cudaStream_t, const void*, void*, const Shape&, unsigned, Element) { never(); }
void clear(void*, std::size_t, cudaStream_t) { never(); }
std::size_t loss_scratch(const Loss&, const Shape&) { return 0; }
void transpose(cudaStream_t, const void*, void*, unsigned, unsigned, std::size_t, Element) { never(); }
void upsample_forward(cudaStream_t, const void*, void*, const Shape&, unsigned, Element) { never(); }
void upsample_backward(cudaStream_t, const void*, void*, const Shape&, unsigned, Element) { never(); }
void Blas::multiply(const Matrix&, const Matrix&, void*, int, int, int, Element, Precision) const { never(); }

}  // namespace dae::cuda
