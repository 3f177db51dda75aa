#include "host/device/configured_device.hpp"

#include <utility>

namespace dae {
namespace {

class ConfiguredDevice final : public Device {
 public:
  ConfiguredDevice(std::unique_ptr<Device> device, const Computation& computation)
      : device_(std::move(device)), computation_(computation) {}

  [[nodiscard]] std::string name() const override { return device_->name(); }
  [[nodiscard]] MemoryPlan plan(const Graph& graph, const Spec& spec) const override {
    return device_->plan(graph, changed(spec));
  }
  [[nodiscard]] int preferred_batch(const Graph& graph, const Spec& spec) const override {
    return device_->preferred_batch(graph, changed(spec));
  }
  [[nodiscard]] int compile_cost_in_batches() const override { return device_->compile_cost_in_batches(); }
  std::unique_ptr<State> make_state(const Graph& graph, const Shape& sample) override {
    return device_->make_state(graph, sample);
  }
  std::unique_ptr<ImageStore> make_image_store(std::uint32_t slots, std::size_t bytes) override {
    return device_->make_image_store(slots, bytes);
  }
  std::unique_ptr<Program> compile(const Graph& graph, const Spec& spec) override {
    return device_->compile(graph, changed(spec));
  }
  void profiler(bool on) override { device_->profiler(on); }
  std::vector<TimedRange> take_ranges() override { return device_->take_ranges(); }

 private:
  [[nodiscard]] Spec changed(Spec spec) const {
    spec.precision = computation_.precision;
    spec.deterministic = computation_.deterministic;
    spec.workspace_limit = computation_.workspace_limit;
    return spec;
  }

  std::unique_ptr<Device> device_;
  Computation computation_;
};

}  // namespace

std::unique_ptr<Device> configured(std::unique_ptr<Device> device, const Computation& computation) {
  return std::make_unique<ConfiguredDevice>(std::move(device), computation);
}

}  // namespace dae
