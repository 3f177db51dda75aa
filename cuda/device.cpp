#include "cuda/device.hpp"

#include <cuda_profiler_api.h>
#include <fmt/format.h>

#include <algorithm>

#include "cuda/context.hpp"
#include "cuda/image_store.hpp"
#include "cuda/memory_plan.hpp"
#include "cuda/probe.hpp"
#include "cuda/program.hpp"
#include "cuda/runtime/error.hpp"
#include "cuda/state.hpp"
#include "dae/error.hpp"

namespace dae::cuda {
namespace {

/// Pixels that keep a multiprocessor busy: a convolution's thread block makes about 128 of them and two blocks run at a
/// time, which makes eight rounds, so that an incomplete last one costs little.
constexpr std::size_t kPixelsAtOnce = 2048;
/// Planning, timing and capture take some tenths of a second, so many pixels on all multiprocessors some milliseconds.
constexpr int kPredictionsACompile = 100;

/// Architectures whose tensor cores multiply TF32 and bf16.
constexpr int kAmpere = 80;

class CudaDevice final : public Device {
 public:
  CudaDevice(int ordinal, const DeviceOptions& options)
      : context_(std::make_shared<Context>(ordinal, options)), ordinal_(ordinal) {}

  [[nodiscard]] std::string name() const override {
    return fmt::format("CUDA device {}, {}, compute capability {}.{}", ordinal_, context_->name(),
                       context_->architecture() / 10, context_->architecture() % 10);
  }

  [[nodiscard]] MemoryPlan plan(const Graph& graph, const Spec& spec) const override {
    context_->use();
    check(spec);
    return plan_memory(*context_, graph, spec, spec.mode == Mode::train ? Timing::yes : Timing::no);
  }

  [[nodiscard]] int preferred_batch(const Graph&, const Spec& spec) const override {
    const std::size_t pixels = kPixelsAtOnce * static_cast<std::size_t>(context_->multiprocessors());
    return static_cast<int>(std::max<std::size_t>(1, pixels / Shape{1, spec.shape.h, spec.shape.w, 1}.sample_size()));
  }

  [[nodiscard]] int compile_cost_in_batches() const override { return kPredictionsACompile; }

  std::unique_ptr<State> make_state(const Graph& graph, const Shape& sample) override {
    context_->use();
    return std::make_unique<CudaState>(context_, graph, sample);
  }

  std::unique_ptr<ImageStore> make_image_store(std::uint32_t slots, std::size_t bytes) override {
    context_->use();
    // A tenth stays free for programs.
    const bool fits = bytes < context_->memory().free / 10 * 9;
    return std::make_unique<CudaImageStore>(context_, slots, bytes,
                                            fits ? CudaImageStore::Where::device : CudaImageStore::Where::host);
  }

  std::unique_ptr<Program> compile(const Graph& graph, const Spec& spec) override {
    context_->use();
    check(spec);
    require_fit(*context_, graph, spec);
    return std::make_unique<CudaProgram>(context_, graph, spec);
  }

  void profiler(bool on) override {
    context_->use();
    context_->stream().wait();
    if (on)
      check_call("cudaProfilerStart", cudaProfilerStart());
    else
      check_call("cudaProfilerStop", cudaProfilerStop());
  }

 private:
  static void check_call(const char* call, cudaError_t status) { cuda::check(call, status); }

  void check(const Spec& spec) const {
    if (spec.shape.n < 1) throw UsageError(fmt::format("batch {}: must be at least 1", spec.shape.n));
    if (spec.computation.precision != Precision::fp32 && context_->architecture() < kAmpere)
      throw UsageError(fmt::format("--precision {}: {} has compute capability {}.{}, this needs 8.0; take fp32",
                                   spec.computation.precision == Precision::bf16 ? "bf16" : "tf32", context_->name(),
                                   context_->architecture() / 10, context_->architecture() % 10));
  }

  std::shared_ptr<Context> context_;
  int ordinal_;
};

}  // namespace

std::unique_ptr<Device> open(int ordinal, const DeviceOptions& options) {
  require_usable(ordinal);
  report_overrides(options);
  return std::make_unique<CudaDevice>(ordinal, options);
}

}  // namespace dae::cuda
