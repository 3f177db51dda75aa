#pragma once

#include "host/cpu/kernels/kernels.hpp"

/// \file
/// A 3x3 convolution (same) of an image x that is upsampled by 2 first, without ever forming the upsampled image, with
/// 9 multiplications a low-resolution pixel and pair of channels instead of 36. In one dimension the two outputs over
/// x[i] are
///   y0 = w0 x[i-1] + (w1 + w2) x[i] = g0 x[i] + g1 d[i]      g0 = w0 + w1 + w2, g1 = -w0, g2 = w2
///   y1 = (w0 + w1) x[i] + w2 x[i+1] = g0 x[i] + g2 d[i+1]    d[i] = x[i] - x[i-1]
/// three products instead of six; the same in the other dimension gives nine (it is Winograd's F(2x2, 3x3), whose other
/// seven frequencies vanish for such inputs). Transposed, with dy the gradient of y,
///   dx[i] = g0 e0[i] + g1 e1[i] + g2 e2[i],   dg_f = sum of x[i] e_f[i],
///   e0[i] = dy0[i] + dy1[i],  e1[i] = dy0[i] - dy0[i+1],  e2[i] = dy1[i-1] - dy1[i]
/// Frequency f = 3 * (of the rows) + (of the columns).
namespace dae::cpu::DAE_ISA {

/// `pairs` kernels of 9 weights -> frequencies[f * pairs + p].
void upsampled_weights(const float* weights, std::ptrdiff_t pairs, float* frequencies);
void upsampled_weight_gradient(const float* frequencies, std::ptrdiff_t pairs, std::ptrdiff_t count, float* gradient);
/// The differences d of x (border 1): across a row (one column more than x), down a column (one row more), and both.
void upsampled_input(ConstPlanes in, Planes across, Planes down, Planes both);
/// Rows of the nine products (`in` is frequency 0, `frequency` floats lead to the next) to rows of outputs, twice as
/// high and wide.
void upsampled_output(ConstPlanes in, std::ptrdiff_t frequency, Planes out, const Epilogue& epilogue);
/// The nine e of dy (border 1); `out` is frequency 0.
void upsampled_grad(ConstPlanes d_out, Planes out, std::ptrdiff_t frequency);

}  // namespace dae::cpu::DAE_ISA
