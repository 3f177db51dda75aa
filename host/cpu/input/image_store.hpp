#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dae/device.hpp"

namespace dae::cpu {

enum class PixelType : std::uint8_t { none, u8, u16, f32 };

/// One image in a slot: h x w x c interleaved, pixels as they were put.
struct StoredImage {
  Shape shape;
  PixelType type = PixelType::none;
  std::size_t offset = 0;  ///< Offset in the image store's bytes.
};

/// Slots take memory one behind the other; a slot that is put again keeps its place if the new image fits.
class CpuImageStore final : public ImageStore {
 public:
  CpuImageStore(std::uint32_t slots, std::size_t bytes);

  void put(std::uint32_t slot, const Image& clean, const Image* noisy) override;

  [[nodiscard]] std::uint32_t slots() const { return static_cast<std::uint32_t>(slots_.size()); }
  [[nodiscard]] const StoredImage& clean(std::uint32_t slot) const { return slots_[slot].clean; }
  /// Its type is none where the slot has no noisy counterpart.
  [[nodiscard]] const StoredImage& noisy(std::uint32_t slot) const { return slots_[slot].noisy; }
  [[nodiscard]] const std::byte* bytes() const { return bytes_.get(); }

 private:
  struct Slot {
    StoredImage clean, noisy;
    std::size_t offset = 0, capacity = 0;
  };

  std::vector<Slot> slots_;
  std::size_t size_;
  std::unique_ptr<std::byte[]> bytes_;  ///< Pages that no image was put into yet are not there yet.
  std::size_t used_ = 0;
};

}  // namespace dae::cpu
