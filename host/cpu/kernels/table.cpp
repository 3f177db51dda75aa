#include "host/cpu/kernels/table.hpp"
#include "host/cpu/kernels/phases.hpp"
#include "host/cpu/kernels/upsampled_conv.hpp"
#include "host/cpu/kernels/vec.hpp"
#include "host/cpu/kernels/winograd.hpp"

namespace dae::cpu::DAE_ISA {

const Kernels& kernels();
const Kernels& kernels() {
  static constexpr Kernels table = {.lanes = lanes,
                                    .pack_conv = pack_conv,
                                    .conv = conv,
                                    .conv_filter = conv_filter,
                                    .bias_gradient = bias_gradient,
                                    .winograd2 = &winograd2,
                                    .winograd4 = &winograd4,
                                    .upsampled_weights = upsampled_weights,
                                    .upsampled_weight_gradient = upsampled_weight_gradient,
                                    .upsampled_input = upsampled_input,
                                    .upsampled_output = upsampled_output,
                                    .upsampled_grad = upsampled_grad,
                                    .spread_phases = spread_phases,
                                    .gather_phases = gather_phases,
                                    .zero_border = zero_border,
                                    .exchange = exchange,
                                    .scale = scale,
                                    .add = add,
                                    .space_to_depth = space_to_depth,
                                    .depth_to_space = depth_to_space,
                                    .fill = fill,
                                    .pool = pool,
                                    .pool_backward = pool_backward,
                                    .pool_relu = pool_relu,
                                    .pool_relu_backward = pool_relu_backward,
                                    .upsample = upsample,
                                    .upsample_backward = upsample_backward,
                                    .relu = relu_forward,
                                    .relu_backward = relu_backward,
                                    .relu_bias_backward = relu_bias_backward,
                                    .sigmoid = sigmoid_forward,
                                    .sigmoid_backward = sigmoid_backward,
                                    .to_rows = to_rows,
                                    .add_bias = add_bias,
                                    .gemm = gemm,
                                    .noise = noise,
                                    .noise_of_tiles = noise_of_tiles,
                                    .loss = loss,
                                    .adam = adam,
                                    .sgd = sgd,
                                    .sum_gradients = sum_gradients,
                                    .fma_rounds = fma_rounds};
  return table;
}

}  // namespace dae::cpu::DAE_ISA
