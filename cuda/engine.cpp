#include "cuda/engine.hpp"

#include <bit>
#include <cstdint>

#include "cuda/batch_pipeline.hpp"
#include "cuda/kernels/layer_kernels.hpp"
#include "cuda/kernels/noise.hpp"
#include "cuda/kernels/optimizer.hpp"
#include "cuda/runtime/range.hpp"

namespace dae::cuda {
namespace {

constexpr std::size_t kAlign = 256;

void enqueue(const std::vector<Step>& steps, const Frame& frame) {
  for (const Step& step : steps) {
    const Range range(step.name);
    step.enqueue(frame);
  }
}

}  // namespace

EngineBytes Engine::bytes(const StepList& steps, const ParameterLayout& layout, const Spec& spec) {
  const std::size_t element = bytes_of(element_of(spec));
  EngineBytes all;
  all.arena = place_buffers(lifetimes(steps), kAlign).bytes;
  all.workspace = steps.workspace;
  if (spec.mode == Mode::train)
    all.gradients =
        layout.weights() * element + (layout.size() - layout.weights()) * sizeof(float) + kNormBlocks * sizeof(double);
  else
    all.other = BatchPipeline::bytes(spec.shape.size(), steps.output_shape.size());
  if (element_of(spec) == Element::bf16) all.other += layout.size() * element + spec.shape.size() * sizeof(float);
  return all;
}

Engine::Engine(std::shared_ptr<Context> context, const Graph& graph, const Spec& spec, InputGradient input_gradient,
               cudnn::Choices& choices)
    : context_(std::move(context)),
      spec_(spec),
      element_(element_of(spec)),
      layout_(graph, spec.shape),
      steps_(lower(graph, spec, input_gradient, layout_, context_->libraries(), choices)) {
  BufferPlan plan = place_buffers(lifetimes(steps_), kAlign);
  offsets_ = std::move(plan.offsets);
  arena_ = {MemoryKind::device, plan.bytes};
  workspace_ = {MemoryKind::device, steps_.workspace};
  const cudaStream_t stream = context_->stream().get();
  clear(arena_.get(), arena_.size(), stream);
  if (element_ == Element::bf16) {
    cast_weights_ = {MemoryKind::device, layout_.size() * bytes_of(element_)};
    staging_ = {MemoryKind::device, spec.shape.size()};
  }
  if (spec.mode != Mode::train) return;
  weight_gradients_ = {MemoryKind::device, layout_.weights() * bytes_of(element_)};
  bias_gradients_ = {MemoryKind::device, layout_.size() - layout_.weights()};
  norm_partials_ = {MemoryKind::device, kNormBlocks};
  // The gaps between parameters are never written: Adam must find zeros there.
  clear(weight_gradients_.get(), weight_gradients_.size(), stream);
  clear(bias_gradients_.get(), bias_gradients_.size() * sizeof(float), stream);
  std::vector<BiasSum> sums;
  for (const BiasPartials& bias : steps_.biases)
    sums.push_back({reinterpret_cast<const float*>(arena_.get() + offsets_[static_cast<std::size_t>(bias.partials)]),
                    bias_gradients_.get() + bias.bias, bias.blocks, bias.channels});
  bias_sums_ = {MemoryKind::device, sums.size()};
  copy_to_device(bias_sums_.get(), sums.data(), sums.size() * sizeof(BiasSum), stream);
  context_->stream().wait();  // `sums` ends here
}

Frame Engine::frame(const Pass& pass) const {
  Frame frame;
  frame.stream = context_->stream().get();
  frame.arena = arena_.get();
  frame.offsets = offsets_.data();
  frame.weights = element_ == Element::bf16 ? cast_weights_.get() : reinterpret_cast<std::byte*>(pass.state.weights());
  frame.weight_gradients = weight_gradients_.get();
  frame.workspace = workspace_.get();
  frame.params = pass.params;
  frame.element = element_;
  return frame;
}

void Engine::cast_weights(const Pass& pass) const {
  if (element_ == Element::f32) return;
  const Range range("cast weights");
  cast(context_->stream().get(), pass.state.weights(), cast_weights_.get(), layout_.size(), element_);
}

void Engine::gather_batch(const Frame& f) const {
  const Range range("gather");
  gather(f.stream, f.params, spec_.shape, spec_.noise,
         {.input = f.at(steps_.input),
          .target = f.at<float>(steps_.target),
          .levels = steps_.levels >= 0 ? f.at<float>(steps_.levels) : nullptr,
          .noisy = steps_.noisy >= 0 ? f.at<float>(steps_.noisy) : nullptr},
         element_);
}

/// For images that come with their noise.
void Engine::set_noise_levels(const Frame& f) const {
  if (steps_.levels < 0) return;
  set_levels(f.stream, f.at<float>(steps_.levels), noise_level(spec_.noise), static_cast<std::size_t>(spec_.shape.n));
}

void Engine::compute_loss(const Frame& f, bool with_gradient) const {
  const Range range("loss");
  loss(f.stream, spec_.loss,
       {f.at(steps_.last), f.at<float>(steps_.target), with_gradient ? f.at(steps_.last_gradient) : nullptr,
        f.at<LossPartial>(steps_.loss_partials),
        with_gradient && steps_.loss_scratch >= 0 ? f.at<float>(steps_.loss_scratch) : nullptr},
       f.params, steps_.output_shape, element_);
}

void Engine::finish(const Pass& pass, StepKind mode) const {
  const Range range("finish");
  const auto outputs = static_cast<double>(steps_.output_shape.sample_size());
  const bool with_biases = mode != StepKind::evaluate;
  end_step(context_->stream().get(), mode,
           {.partials = frame(pass).at<LossPartial>(steps_.loss_partials),
            .samples = static_cast<unsigned>(spec_.shape.n),
            .chunks = steps_.loss_chunks,
            .elements = static_cast<double>(loss_terms(spec_.loss, steps_.output_shape)),
            .outputs = outputs,
            .biases = bias_sums_.get(),
            .bias_count = with_biases ? static_cast<unsigned>(bias_sums_.size()) : 0,
            .params = pass.params,
            .training = pass.state.training()});
}

void Engine::train(const Pass& pass) const {
  const Frame f = frame(pass);
  cast_weights(pass);
  gather_batch(f);
  enqueue(steps_.forward, f);
  compute_loss(f, true);
  enqueue(steps_.backward, f);
  finish(pass, StepKind::train);
  const UpdateOperands operands{.weights = pass.state.weights(),
                                .m = pass.state.m(),
                                .v = pass.state.v(),
                                .average = pass.state.average(),
                                .weight_gradients = weight_gradients_.get(),
                                .bias_gradients = bias_gradients_.get(),
                                .split = layout_.weights(),
                                .size = layout_.size(),
                                .params = pass.params,
                                .norm_partials = norm_partials_.get()};
  if (pass.clipped) {
    const Range range("clip");
    clip_gradients(f.stream, operands, element_);
  }
  const Range range("update");
  update_weights(f.stream, operands, element_);
}

void Engine::evaluate(const Pass& pass) const {
  const Frame f = frame(pass);
  cast_weights(pass);
  gather_batch(f);
  enqueue(steps_.forward, f);
  compute_loss(f, false);
  finish(pass, StepKind::evaluate);
}

void Engine::predict(const Pass& pass) const {
  const Frame f = frame(pass);
  cast_weights(pass);
  if (element_ == Element::bf16) cast(f.stream, staging_.get(), f.at(steps_.input), spec_.shape.size(), element_);
  set_noise_levels(f);
  enqueue(steps_.forward, f);
  enqueue(steps_.output, f);
}

void Engine::gradient(const Pass& pass) const {
  const Frame f = frame(pass);
  cast_weights(pass);
  if (element_ == Element::bf16) cast(f.stream, staging_.get(), f.at(steps_.input), spec_.shape.size(), element_);
  set_noise_levels(f);
  enqueue(steps_.forward, f);
  compute_loss(f, true);
  enqueue(steps_.backward, f);
  finish(pass, StepKind::gradient);
}

namespace {

float* at(const Memory<std::byte>& arena, const std::vector<std::size_t>& offsets, BufferId buffer) {
  return reinterpret_cast<float*>(arena.get() + offsets[static_cast<std::size_t>(buffer)]);
}

}  // namespace

float* Engine::input_buffer() const {
  return element_ == Element::bf16 ? staging_.get() : at(arena_, offsets_, steps_.input);
}

float* Engine::target_buffer() const { return at(arena_, offsets_, steps_.target); }

const float* Engine::output_buffer() const { return at(arena_, offsets_, steps_.output_buffer); }

void Engine::read_elements(std::span<float> to, const void* from) const {
  const cudaStream_t stream = context_->stream().get();
  if (element_ == Element::f32) {
    copy_to_host(to.data(), from, to.size_bytes(), stream);
    context_->stream().wait();
    return;
  }
  std::vector<std::uint16_t> bits(to.size());
  copy_to_host(bits.data(), from, bits.size() * sizeof(std::uint16_t), stream);
  context_->stream().wait();
  // bf16 is the upper half of fp32.
  for (std::size_t i = 0; i < bits.size(); ++i) to[i] = std::bit_cast<float>(static_cast<std::uint32_t>(bits[i]) << 16);
}

void Engine::read_input_gradient(std::span<float> to) const {
  read_elements(to, at(arena_, offsets_, *steps_.input_gradient));
}

void Engine::read_weight_gradients(std::span<float> to) const {
  std::vector<float> all(layout_.size());
  const std::span<float> numbers(all);
  read_elements(numbers.first(layout_.weights()), weight_gradients_.get());
  const std::span<float> biases = numbers.subspan(layout_.weights());
  copy_to_host(biases.data(), bias_gradients_.get(), biases.size_bytes(), context_->stream().get());
  context_->stream().wait();
  layout_.to_canonical(all, to);
}

}  // namespace dae::cuda
