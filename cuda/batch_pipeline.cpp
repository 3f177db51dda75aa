#include "cuda/batch_pipeline.hpp"

#include <algorithm>

namespace dae::cuda {

BatchPipeline::BatchPipeline(std::shared_ptr<Context> context, const Ends& ends)
    : context_(std::move(context)), ends_(ends) {
  for (Turn& turn : turns_) {
    turn.in = {MemoryKind::device, ends.in_size};
    turn.out = {MemoryKind::device, ends.out_size};
    turn.pinned_in = {MemoryKind::pinned, ends.in_size};
    turn.pinned_out = {MemoryKind::pinned, ends.out_size};
  }
}

BatchPipeline::~BatchPipeline() {
  context_->drain();
  up_.drain();
  down_.drain();
}

std::size_t BatchPipeline::bytes(std::size_t in_size, std::size_t out_size) {
  return kTurns * (in_size + out_size) * sizeof(float);
}

/// The turn's last batch has come down, so that nothing uses its memory.
void BatchPipeline::start(Turn& turn, std::span<const float> in, std::span<float> out,
                          const std::function<void()>& compute) {
  const Stream& steps = context_->stream();
  std::ranges::copy(in, turn.pinned_in.get());
  copy_to_device(turn.in.get(), turn.pinned_in.get(), in.size_bytes(), up_.get());
  turn.uploaded.record(up_);
  turn.uploaded.wait_on(steps);
  copy_on_device(ends_.in, turn.in.get(), in.size_bytes(), steps.get());
  compute();
  copy_on_device(turn.out.get(), ends_.out, out.size_bytes(), steps.get());
  turn.computed.record(steps);
  turn.computed.wait_on(down_);
  copy_to_host(turn.pinned_out.get(), turn.out.get(), out.size_bytes(), down_.get());
  turn.downloaded.record(down_);
  turn.to = out;
}

void BatchPipeline::collect(Turn& turn) {
  if (turn.to.empty()) return;
  turn.downloaded.wait();
  std::copy_n(turn.pinned_out.get(), turn.to.size(), turn.to.begin());
  turn.to = {};
}

void BatchPipeline::run(std::span<const float> in, std::span<float> out, const std::function<void()>& compute) {
  for (Turn& turn : turns_) turn.to = {};  // of a run that failed
  std::size_t batch = 0;
  for (; !out.empty(); ++batch) {
    Turn& turn = turns_[batch % kTurns];
    collect(turn);
    const std::size_t in_size = std::min(in.size(), ends_.in_size), out_size = std::min(out.size(), ends_.out_size);
    start(turn, in.first(in_size), out.first(out_size), compute);
    in = in.subspan(in_size);
    out = out.subspan(out_size);
  }
  for (std::size_t i = 0; i < kTurns; ++i) collect(turns_[(batch + i) % kTurns]);
}

}  // namespace dae::cuda
