#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cuda/runtime/stream.hpp"

namespace dae::cuda {

/// Which slots of a pool are in the lists that programs take their steps from. A pool and the feeds that read it share
/// one, as any of them may end first.
class SlotUses {
 public:
  explicit SlotUses(std::uint32_t slots) : lists_(slots) {}

  /// Steps of a list may be enqueued from now on.
  void open(std::span<const std::uint32_t> slots) {
    for (const std::uint32_t slot : slots) ++lists_[slot];
  }
  /// No more steps of that list come: those enqueued on `steps` so far were the last.
  void close(std::span<const std::uint32_t> slots, const Stream& steps) {
    if (slots.empty()) return;
    for (const std::uint32_t slot : slots) --lists_[slot];
    closed_.record(steps);
  }
  /// Whether a step that is enqueued now or comes may read the slot.
  [[nodiscard]] bool in_list(std::uint32_t slot) const { return lists_[slot] > 0; }
  /// Lets a stream wait for the steps of all lists that were closed.
  void wait_for_closed(const Stream& stream) const { closed_.wait_on(stream); }

 private:
  std::vector<std::uint32_t> lists_;  // one a slot: how often lists name it
  Event closed_;
};

}  // namespace dae::cuda
