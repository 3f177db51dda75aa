#include "host/cpu/stages/convolutions.hpp"

#include <algorithm>

namespace dae::cpu {
namespace {

int floor_divide(int a, int b) { return (a >= 0 ? a : a - b + 1) / b; }

}  // namespace

ConvShape PhaseConvolution::phases_of(const ConvShape& shape) {
  ConvShape phases = shape;
  const int f = shape.upsampling;
  // Output row f * i + a reads upsampled rows from f * i + a - before on: input rows from i + floor((a - before) / f).
  phases.before = -floor_divide(-shape.before, f);
  phases.kernel = floor_divide(f - 1 + shape.kernel - 1 - shape.before, f) + phases.before + 1;
  phases.out_channels = f * f * shape.out_channels;
  phases.out_height = (shape.out_height + f - 1) / f;
  phases.out_width = (shape.out_width + f - 1) / f;
  phases.after = std::max(phases.out_height - shape.in_height, phases.out_width - shape.in_width) + phases.kernel - 1 -
                 phases.before;
  phases.whole_height = (shape.whole_height + f - 1) / f;
  phases.whole_width = (shape.whole_width + f - 1) / f;
  phases.upsampling = 1;
  return phases;
}

PhaseConvolution::PhaseConvolution(const ConvShape& shape, const ConvTensors& tensors)
    : shape_(shape), phases_(phases_of(shape)) {
  ConvTensors inner = tensors;
  out_ = tensors.layout.add(phases_.out_channels, phases_.out_height, phases_.out_width);
  out_->live(tensors.forward_time);
  if (tensors.halo != nullptr) {
    const Shape image{1, phases_.whole_height, phases_.whole_width, phases_.out_channels};
    halo_ = tensors.halo->resized(phases_.out_height, phases_.out_width, image);
    inner.halo = &*halo_;
  }
  if (tensors.d_out != nullptr) {
    inner.d_out = grad_ = tensors.layout.add(phases_.out_channels, phases_.out_height, phases_.out_width);
    weight_gradient_ = tensors.layout.add_scratch(phases_.weights());
    for (Tensor* tensor : {grad_, weight_gradient_}) tensor->live(tensors.backward_time);
  }
  inner_ = make_convolution(phases_, inner);
}

template <class Act>
void PhaseConvolution::for_weights(const Slice& pairs, Act act) const {
  const int f = shape_.upsampling, k = shape_.kernel, small = phases_.kernel;
  const auto place = [&](int phase, int tap) { return floor_divide(phase + tap - shape_.before, f) + phases_.before; };
  for (int a = 0; a < f; ++a)
    for (int b = 0; b < f; ++b)
      for (int pair = pairs.first; pair < pairs.end(); ++pair)
        for (int ky = 0; ky < k; ++ky)
          for (int kx = 0; kx < k; ++kx) {
            const int from = (pair * k + ky) * k + kx;
            const int kernel = (a * f + b) * shape_.out_channels * shape_.in_channels + pair;
            act(from, (kernel * small + place(a, ky)) * small + place(b, kx));
          }
}

std::size_t PhaseConvolution::packed_size() const { return inner_->packed_size() + phases_.weights(); }

void PhaseConvolution::pack(const Kernels& kernels, const float* weights, float* packed) const {
  float* sums = packed + inner_->packed_size();
  std::fill_n(sums, phases_.weights(), 0.0f);
  for_weights({0, static_cast<int>(shape_.pairs())}, [&](int weight, int sum) { sums[sum] += weights[weight]; });
  inner_->pack(kernels, sums, packed);
}

void PhaseConvolution::forward(const Block& block, const float* packed, ConstPlanes in, Planes out,
                               const Epilogue& epilogue) const {
  const Planes phases = with_clean_border(block, *out_);
  inner_->forward(block, packed, in, phases, {});
  block.meet();
  const Slice rows = block.share(phases.height);
  block.kernels.spread_phases(rows_of(phases, rows), shape_.upsampling, rows_times(out, shape_.upsampling, rows),
                              epilogue);
}

void PhaseConvolution::filter_gradient(const Block& block, ConstPlanes in, ConstPlanes d_out, float* gradient) const {
  const Planes grad = with_clean_border(block, *grad_);
  const Slice rows = block.share(grad.height);
  block.kernels.gather_phases(rows_times(d_out, shape_.upsampling, rows), shape_.upsampling, rows_of(grad, rows));
  float* sums = weight_gradient_->in(block.arena).at;
  const Slice cleared = block.share(static_cast<int>(phases_.weights()));
  std::fill_n(sums + cleared.first, cleared.count, 0.0f);
  block.meet();
  if (halo_) {
    halo_->exchange(block.kernels, block.channels(grad), grad_->before(), grad_->after());
    block.meet();
  }
  inner_->filter_gradient(block, in, grad, sums);
  block.meet();
  for_weights(block.share(static_cast<int>(shape_.pairs())),
              [&](int weight, int sum) { gradient[weight] += sums[sum]; });
}

void PhaseConvolution::input_gradient(const Block& block, const float* packed, ConstPlanes, Planes d_in,
                                      bool accumulate) const {
  // filter_gradient has left the phases of the grad.
  inner_->input_gradient(block, packed, grad_->in(block.arena), d_in, accumulate);
}

}  // namespace dae::cpu
