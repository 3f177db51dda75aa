#pragma once

#include <memory>

#include "dae/device.hpp"
#include "host/images/image_slots.hpp"

namespace dae::cpu {

class CpuImageStore final : public ImageStore {
 public:
  CpuImageStore(std::uint32_t slots, std::size_t bytes);

  void put(std::uint32_t slot, const Image& clean, const Image* noisy) override;

  [[nodiscard]] const ImageSlots& slots() const { return slots_; }
  [[nodiscard]] const StoredImage& clean(std::uint32_t slot) const { return slots_[slot].clean; }
  [[nodiscard]] const StoredImage& noisy(std::uint32_t slot) const { return slots_[slot].noisy; }
  [[nodiscard]] const std::byte* bytes() const { return bytes_.get(); }

 private:
  ImageSlots slots_;
  std::unique_ptr<std::byte[]> bytes_;  ///< Pages that no image was put into yet are not there yet.
};

}  // namespace dae::cpu
