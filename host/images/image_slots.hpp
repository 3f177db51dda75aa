#pragma once

#include <cstdint>
#include <vector>

#include "dae/batch.hpp"

namespace dae {

/// A pixel as it is stored; the value is its bytes.
enum class PixelType : std::uint8_t { none = 0, u8 = 1, u16 = 2, f32 = 4 };

/// One image in a slot: h x w x c interleaved, pixels as they were put.
struct StoredImage {
  Shape shape;
  PixelType type = PixelType::none;
  std::size_t offset = 0;  ///< In the image store's bytes, a multiple of a float's.

  [[nodiscard]] std::size_t bytes() const { return shape.sample_size() * static_cast<std::size_t>(type); }
};

/// The first pixel of an image, whatever its type.
const void* pixels_of(const Image& image);

/// Where the images of an ImageStore lie, the same on every device. Slots take memory one behind the other; a slot that
/// is put again keeps its place if the new image fits.
class ImageSlots {
 public:
  /// The type of `noisy` is none where the slot has no noisy counterpart.
  struct Slot {
    StoredImage clean, noisy;
    std::size_t offset = 0, capacity = 0;
  };

  /// For `bytes` bytes of pixels in all.
  ImageSlots(std::uint32_t slots, std::size_t bytes);

  /// Gives the images of ImageStore::put a place. Throws UsageError as put does.
  const Slot& place(std::uint32_t slot, const Image& clean, const Image* noisy);

  /// Throws UsageError unless the sample's slot holds an image in which its crop of that shape lies.
  void check(const Sample& sample, const Shape& crop) const;

  [[nodiscard]] const Slot& operator[](std::uint32_t slot) const { return slots_[slot]; }
  /// Bytes of memory that the images lie in.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::vector<Slot> slots_;
  std::size_t bytes_, used_ = 0;
};

}  // namespace dae
