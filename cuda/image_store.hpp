#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "cuda/context.hpp"
#include "cuda/kernels/step_params.hpp"
#include "cuda/runtime/memory.hpp"
#include "cuda/runtime/slot_uses.hpp"
#include "dae/device.hpp"
#include "host/images/image_slots.hpp"

namespace dae::cuda {

/// Images on the device or, when they are more than it holds, on the host, from where Feed streams what steps need.
/// Slots take memory one behind the other; a slot that is put again keeps its place if the new image fits.
///
/// Images that are put go through pinned memory and a stream of its own, beside the steps that run. It waits for
/// enqueued steps only where they may read the slot.
class CudaImageStore final : public ImageStore {
 public:
  enum class Where { device, host };

  CudaImageStore(std::shared_ptr<Context> context, std::uint32_t slots, std::size_t bytes, Where where);
  ~CudaImageStore() override;

  void put(std::uint32_t slot, const Image& clean, const Image* noisy) override;

  [[nodiscard]] bool on_device() const { return where_ == Where::device; }
  /// Steps that are enqueued from now on see all that was put.
  void flush() const;
  [[nodiscard]] const std::shared_ptr<SlotUses>& uses() const { return uses_; }
  [[nodiscard]] const std::vector<SlotPlace>& places() const { return places_; }
  [[nodiscard]] const SlotPlace* device_places() const { return device_places_.get(); }
  [[nodiscard]] const unsigned char* device_pixels() const { return device_pixels_.get(); }
  [[nodiscard]] const unsigned char* host_pixels() const { return host_pixels_.get(); }

  [[nodiscard]] const ImageSlots& slots() const { return slots_; }

 private:
  /// Pinned memory on its way to the device; two take turns.
  struct Staging {
    Memory<unsigned char> memory;
    Event copied;
    unsigned char* to = nullptr;
    std::size_t used = 0;
  };
  void write(unsigned char* to, const void* from, std::size_t bytes) const;
  void send_staging() const;

  std::shared_ptr<Context> context_;
  Where where_;
  std::vector<SlotPlace> places_;
  ImageSlots slots_;
  std::unique_ptr<unsigned char[]> host_pixels_;
  Memory<unsigned char> device_pixels_;
  Memory<SlotPlace> device_places_;
  std::shared_ptr<SlotUses> uses_;
  Stream copies_;
  // Sending what was put does not change the image store as its users see it.
  mutable std::array<Staging, 2> staging_;
  mutable std::size_t current_ = 0;
  mutable std::uint32_t first_changed_, end_changed_ = 0;  // places that the device does not have
  mutable Event steps_, sent_;
  mutable bool unseen_ = false;  // whether something was sent that steps do not wait for yet
};

}  // namespace dae::cuda
