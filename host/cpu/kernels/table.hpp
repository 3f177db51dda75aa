#pragma once

#include "host/cpu/kernels/kernels.hpp"

/// \file
/// The kernels of one instruction set, from which table.cpp makes its Kernels; what each does is said there.
namespace dae::cpu::DAE_ISA {

// conv.cpp
void pack_conv(const ConvWeights& from, float* packed);
void conv(const ConvTask& task);
void conv_filter(const ConvFilterTask& task);
void bias_gradient(ConstPlanes d_out, float* gradient);

// dense.cpp
void gemm(const GemmTask& task);
void to_rows(ConstPlanes in, float* rows, std::ptrdiff_t pitch);
void add_bias(Planes vector, const float* bias, bool with_relu);

// pool.cpp
void pool(ConstPlanes in, int size, Planes out);
/// Finds the first maximum again by comparing with the output, which costs less than storing where it was.
void pool_backward(ConstPlanes in, ConstPlanes out, ConstPlanes d_out, int size, Planes d_in, bool accumulate);

void pool_relu(ConstPlanes in, Planes out, PoolIndex index);
void pool_relu_backward(ConstPlanes d_out, ConstPoolIndex index, Planes d_in, float* bias_gradient);

// upsample.cpp
void upsample(ConstPlanes in, int factor, Planes out);
void upsample_backward(ConstPlanes d_out, int factor, Planes d_in, bool accumulate);

// activation.cpp
void relu_forward(ConstPlanes in, Planes out);
void relu_backward(ConstPlanes out, ConstPlanes d_out, Planes d_in, bool accumulate);
void relu_bias_backward(ConstPlanes out, Planes grad, float* bias_gradient);
void sigmoid_forward(ConstPlanes in, Planes out);
void sigmoid_backward(ConstPlanes out, ConstPlanes d_out, Planes d_in, bool accumulate);

// merge.cpp
void zero_border(Planes planes, int before, int after);
void scale(ConstPlanes in, float factor, Planes out, bool accumulate);
void add(ConstPlanes a, ConstPlanes b, float sign, Planes out);

// space.cpp
void space_to_depth(ConstPlanes space, int block, Planes depth, bool accumulate);
void depth_to_space(ConstPlanes depth, int block, Planes space, bool accumulate);
/// Every pixel of a lane becomes that lane's value.
void fill(Planes planes, const float* value);

// tile_halo.cpp
void exchange(const HaloTask& task);

// noise.cpp
void noise(const NoiseTask& task);
void noise_of_tiles(const NoiseTask& task);

// loss.cpp
void loss(const LossTask& task);

// ssim.cpp
void ssim(const LossTask& task);

// optimizer.cpp
void adam(const UpdateTask& task);
void sgd(const UpdateTask& task);
double sum_gradients(const GradientSumTask& task);

// peak.cpp
double fma_rounds(std::int64_t rounds);

}  // namespace dae::cpu::DAE_ISA
