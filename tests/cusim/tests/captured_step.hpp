#pragma once

#include "tests/support/small_images.hpp"

namespace dae::test {

/// A training program of conv-dae-32 that has taken the first of `steps` steps, which captures them.
class CapturedStep {
 public:
  CapturedStep(Device& device, int batch, int steps, Precision precision)
      : images_(steps * batch, kDigit), store_(images_.store(device)), state_(device.make_state(graph(), kDigit)) {
    const Spec spec{.shape = kDigit.with_batch(batch),
                    .mode = Mode::train,
                    .noise = {{Gaussian{}}},
                    .computation = {.precision = precision}};
    program_ = device.compile(graph(), spec);
    program_->load(*store_, images_.samples());
    take();
    program_->take_metrics();
  }

  static Graph graph() { return preset("conv-dae-32"); }
  static std::size_t weights() { return parameter_count(parameters(graph(), kDigit)); }
  /// The next step. Returns how many images it took, 0 when none are left.
  std::size_t take() { return program_->train(*state_, Adam{}); }
  Metrics metrics() { return program_->take_metrics(); }

 private:
  static constexpr Shape kDigit{1, 28, 28, 1};
  SmallImages images_;
  std::unique_ptr<ImageStore> store_;
  std::unique_ptr<State> state_;
  std::unique_ptr<Program> program_;
};

}  // namespace dae::test
