#include "cuda/program.hpp"

#include <fmt/format.h>

#include <atomic>
#include <bit>

#include "cuda/cudnn/choices.hpp"
#include "cuda/runtime/range.hpp"
#include "dae/error.hpp"
#include "host/graph/call_checks.hpp"

namespace dae::cuda {
namespace {

using PassFunction = void (Engine::*)(const Engine::Pass&) const;
constexpr std::array<PassFunction, 3> kPasses = {&Engine::train, &Engine::evaluate, &Engine::predict};

}  // namespace

CudaProgram::CudaProgram(std::shared_ptr<Context> context, const Graph& graph, const Spec& spec)
    : context_(std::move(context)),
      graph_(graph),
      spec_(spec),
      engine_(context_, graph_, spec_, InputGradient::no, choices_),
      controls_(MemoryKind::device, 2),
      read_back_(MemoryKind::pinned, 1),
      scratch_loss_(MemoryKind::device, 1),
      progress_(MemoryKind::mapped, 1),
      feed_(context_, controls_.get(), spec.shape),
      rates_(context_, controls_.get()) {
  *progress_.get() = 0;
  clear(controls_.get(), 2 * sizeof(StepParams), context_->stream().get());
  clear_totals();
}

CudaProgram::~CudaProgram() { context_->drain(); }

const CudaState& CudaProgram::checked(const State& state) const {
  const auto& mine = of_this_device<const CudaState>(state, "state");
  if (!(mine.layout() == engine_.layout()))
    throw UsageError(fmt::format("the state has {} parameters in another order than the program's {}",
                                 mine.layout().canonical_size(), engine_.layout().canonical_size()));
  return mine;
}

void CudaProgram::load(const ImageStore& store, std::span<const Sample> samples) {
  context_->use();
  const auto& images = of_this_device<const CudaImageStore>(store, "store");
  check_comparable(spec_, engine_.output_shape());
  const auto batch = static_cast<std::size_t>(spec_.shape.n);
  feed_.load(images, samples);  // before what waits for the steps, so that its copies go beside them
  if (spec_.mode == Mode::train) reserve_losses(steps_since_metrics_ + (samples.size() + batch - 1) / batch);
}

/// So that no step allocates: one loss for each step until the next take_metrics.
void CudaProgram::reserve_losses(std::size_t steps) {
  if (steps <= step_losses_.size()) return;
  Memory<float> larger(MemoryKind::device, steps + steps / 2);
  const Stream& stream = context_->stream();
  copy_on_device(larger.get(), step_losses_.get(), steps_since_metrics_ * sizeof(float), stream.get());
  store(stream.get(), &controls_.get()->totals.step_losses, larger.get());
  stream.wait();
  step_losses_ = std::move(larger);
}

void CudaProgram::announce(std::span<const Update> updates) {
  context_->use();
  rates_.announce(updates);
}

/// An eager pass on the other StepParams, whose loss goes to scratch memory: cuDNN, cuBLAS and lazily loaded kernels
/// are then ready for a capture. Whatever lay in the arena is lost.
void CudaProgram::warm_up(Kind kind, const CudaState& state) {
  const Range range("warm-up");
  const cudaStream_t stream = context_->stream().get();
  StepParams* scratch = controls_.get() + 1;
  std::optional<CudaState::Backup> backup;
  if (kind == kTrain) backup.emplace(state);
  copy_on_device(scratch, controls_.get(), sizeof(StepParams), stream);
  store(stream, &scratch->totals, Totals{.step_losses = scratch_loss_.get()});
  (engine_.*kPasses[kind])({state, scratch, rates_.clipped()});
  if (backup) backup->restore();
}

void CudaProgram::prepare(Kind kind, const CudaState& state) {
  Captured& captured = graphs_[kind];
  if (eager_ || (captured.state == state.id() && captured.clipped == rates_.clipped())) return;
  warm_up(kind, state);
  captured.exec = GraphExec(context_->stream(), [&] {
    (engine_.*kPasses[kind])({state, controls_.get(), rates_.clipped()});
  });
  captured.state = state.id();
  captured.clipped = rates_.clipped();
}

void CudaProgram::run(Kind kind, const CudaState& state) {
  if (eager_) {
    const Range range("step");
    (engine_.*kPasses[kind])({state, controls_.get(), rates_.clipped()});
    return;
  }
  graphs_[kind].exec.launch(context_->stream());
  context_->throttle().launched(context_->stream());
}

std::size_t CudaProgram::train(State& state, const Update& update) {
  check_trains(spec_, "train");
  context_->use();
  const CudaState& mine = checked(state);
  const std::size_t count = feed_.take();
  if (count == 0) return 0;
  rates_.set(update);
  prepare(kTrain, mine);
  run(kTrain, mine);
  ++steps_since_metrics_;
  trained_steps_ = mine.steps();
  ++*trained_steps_;
  return count;
}

std::size_t CudaProgram::evaluate(const State& state) {
  context_->use();
  const CudaState& mine = checked(state);
  const std::size_t count = feed_.take();
  if (count == 0) return 0;
  prepare(kEvaluate, mine);
  run(kEvaluate, mine);
  return count;
}

void CudaProgram::clear_totals() {
  store(context_->stream().get(), &controls_.get()->totals,
        Totals{.step_losses = step_losses_.get(), .progress = progress_.on_device()});
}

Metrics CudaProgram::take_metrics() {
  context_->use();
  const cudaStream_t stream = context_->stream().get();
  Metrics metrics;
  metrics.step_loss.resize(steps_since_metrics_);
  copy_to_host(read_back_.get(), controls_.get(), sizeof(StepParams), stream);
  copy_to_host(metrics.step_loss.data(), step_losses_.get(), steps_since_metrics_ * sizeof(float), stream);
  context_->stream().wait();
  const Totals& totals = read_back_.get()->totals;
  metrics.samples = totals.samples;
  metrics.loss = totals.loss;
  metrics.squared_error = totals.squared_error;
  metrics.psnr = totals.psnr;
  if (totals.bad_step != 0) {
    metrics.bad_step = totals.bad_step;
    if (trained_steps_) *trained_steps_ = totals.bad_step - 1;  // that step and later ones were not taken
  }
  clear_totals();
  *progress_.get() = 0;  // no step is left that writes it
  steps_since_metrics_ = 0;
  return metrics;
}

Progress CudaProgram::progress() const {
  const std::uint64_t word = std::atomic_ref(*progress_.get()).load(std::memory_order_relaxed);
  return {static_cast<std::uint32_t>(word >> 32), std::bit_cast<float>(static_cast<std::uint32_t>(word))};
}

void CudaProgram::predict(const State& state, std::span<const float> in, std::span<float> out) {
  context_->use();
  const std::size_t in_size = spec_.shape.sample_size(), out_size = engine_.output_shape().sample_size();
  const auto batch = static_cast<std::size_t>(spec_.shape.n);
  static_cast<void>(check_predict(spec_.shape, engine_.output_shape(), in, out));
  const CudaState& mine = checked(state);
  if (!pipeline_)
    pipeline_.emplace(context_, BatchPipeline::Ends{engine_.input_buffer(), engine_.output_buffer(), batch * in_size,
                                                    batch * out_size});
  prepare(kPredict, mine);
  pipeline_->run(in, out, [&] { run(kPredict, mine); });
}

double CudaProgram::gradient(const State& state, std::span<const float> in, std::span<const float> target,
                             std::span<float> d_weights, std::span<float> d_in) {
  check_trains(spec_, "gradient");
  context_->use();
  const std::size_t images =
      check_gradient(spec_, engine_.output_shape(), engine_.layout().canonical_size(), in, target, d_weights, d_in);
  const CudaState& mine = checked(state);
  if (!d_in.empty() && !with_input_gradient_)
    with_input_gradient_ = std::make_unique<Engine>(context_, graph_, spec_, InputGradient::yes, choices_);
  const Engine& engine = d_in.empty() ? engine_ : *with_input_gradient_;

  const cudaStream_t stream = context_->stream().get();
  StepParams* params = controls_.get() + 1;
  store(stream, &params->batch, Batch{.count = static_cast<std::uint32_t>(images)});
  store(stream, &params->totals, Totals{.step_losses = scratch_loss_.get()});
  // The rows beyond must hold numbers: zero times NaN is NaN.
  clear(engine.input_buffer(), spec_.shape.size() * sizeof(float), stream);
  copy_to_device(engine.input_buffer(), in.data(), in.size_bytes(), stream);
  copy_to_device(engine.target_buffer(), target.data(), target.size_bytes(), stream);
  context_->stream().wait();  // The caller's memory may be gone when a later call has thrown.
  engine.gradient({mine, params});
  copy_to_host(read_back_.get(), params, sizeof(StepParams), stream);
  context_->stream().wait();
  if (!d_weights.empty()) engine.read_weight_gradients(d_weights);
  if (!d_in.empty()) engine.read_input_gradient(d_in);
  return read_back_.get()->totals.loss / static_cast<double>(images);
}

std::string CudaProgram::plans() const { return to_text(choices_, context_->libraries().planner->scope()); }

}  // namespace dae::cuda
