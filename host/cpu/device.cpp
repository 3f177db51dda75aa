#include "host/cpu/device.hpp"

#include <fmt/format.h>

#include "dae/error.hpp"
#include "host/cpu/input/image_store.hpp"
#include "host/cpu/program.hpp"

namespace dae::cpu {
namespace {

constexpr int most_threads = 1024;
// One image at a time is best where all threads together spend little more on it than one alone.
constexpr double worth_sharing = 1.2;

class CpuDevice final : public Device {
 public:
  CpuDevice(int threads, const Isa& isa) : isa_(isa), threads_(threads), log_(threads) {}

  [[nodiscard]] std::string name() const override {
    return fmt::format("CPU, {} thread{}, {}", threads_.size(), threads_.size() == 1 ? "" : "s", isa_.spelled);
  }

  [[nodiscard]] MemoryPlan plan(const Graph& graph, const Spec& spec) const override {
    check(spec);
    return CpuProgram::plan(Networks(graph, spec, isa_.kernels->lanes), spec, threads_.size());
  }

  [[nodiscard]] int preferred_batch(const Graph& graph, const Spec& spec) const override {
    const Networks networks(graph, spec, isa_.kernels->lanes);
    if (networks.images) return threads_.size() * isa_.kernels->lanes;
    return threads_.size() * WorkSplit(1, threads_.size(), networks.tiles->cost_of_sharing).time < worth_sharing
               ? 1
               : threads_.size();
  }

  std::unique_ptr<State> make_state(const Graph& graph, const Shape& sample) override {
    return std::make_unique<CpuState>(parameter_count(parameters(graph, sample)));
  }

  std::unique_ptr<ImageStore> make_image_store(std::uint32_t slots, std::size_t bytes) override {
    return std::make_unique<CpuImageStore>(slots, bytes);
  }

  std::unique_ptr<Program> compile(const Graph& graph, const Spec& spec) override {
    check(spec);
    return std::make_unique<CpuProgram>(graph, spec, isa_, threads_, log_);
  }

  void profiler(bool on) override { log_.record(on); }
  std::vector<TimedRange> take_ranges() override { return log_.take(); }

 private:
  static void check(const Spec& spec) {
    if (spec.computation.precision != Precision::fp32)
      throw UsageError("the CPU device computes in fp32 only; leave out --precision or use a CUDA device");
    if (spec.shape.n < 1) throw UsageError(fmt::format("batch {}: must be at least 1", spec.shape.n));
  }

  const Isa& isa_;
  ThreadPool threads_;
  RangeLog log_;
};

}  // namespace

std::unique_ptr<Device> make_cpu_device(const DeviceOptions& options, const Isa& isa) {
  if (options.threads < 0 || options.threads > most_threads)
    throw UsageError(fmt::format("threads {}: must be 0 (one a core) to {}", options.threads, most_threads));
  return std::make_unique<CpuDevice>(options.threads > 0 ? options.threads : usable_cores(), isa);
}

}  // namespace dae::cpu

namespace dae {

std::unique_ptr<Device> make_cpu_device(const DeviceOptions& options) {
  return cpu::make_cpu_device(options, cpu::chosen_isa());
}

}  // namespace dae
