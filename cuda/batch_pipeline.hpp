#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>

#include "cuda/context.hpp"
#include "cuda/runtime/memory.hpp"
#include "cuda/runtime/stream.hpp"

namespace dae::cuda {

/// Takes images of the host through a network, a batch at a time. Copies run on streams of their own, from and to
/// pinned memory, so that one batch goes up and one comes down while another is computed.
class BatchPipeline {
 public:
  /// Where a batch enters and leaves the network, in fp32 on the device, and how many floats each may have.
  struct Ends {
    float* in = nullptr;
    const float* out = nullptr;
    std::size_t in_size = 0, out_size = 0;
  };

  BatchPipeline(std::shared_ptr<Context> context, const Ends& ends);
  ~BatchPipeline();

  /// `in` and `out` are as long as whole batches but for the last. `compute` enqueues the network on the context's
  /// stream.
  void run(std::span<const float> in, std::span<float> out, const std::function<void()>& compute);

  /// The device memory that it takes, in bytes.
  static std::size_t bytes(std::size_t in_size, std::size_t out_size);

 private:
  /// While one batch is computed, the next one goes up and the last one comes down.
  static constexpr std::size_t kTurns = 3;

  struct Turn {
    Memory<float> in, out;                // on the device
    Memory<float> pinned_in, pinned_out;  // on the host
    Event uploaded, computed, downloaded;
    std::span<float> to;  // where the host wants what comes down
  };
  void start(Turn& turn, std::span<const float> in, std::span<float> out, const std::function<void()>& compute);
  static void collect(Turn& turn);

  std::shared_ptr<Context> context_;
  Ends ends_;
  Stream up_, down_;
  std::array<Turn, kTurns> turns_;
};

}  // namespace dae::cuda
