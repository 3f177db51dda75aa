#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "cuda/context.hpp"
#include "cuda/image_store.hpp"
#include "cuda/kernels/step_params.hpp"
#include "cuda/runtime/memory.hpp"
#include "dae/batch.hpp"

namespace dae::cuda {

/// Keeps a StepParams's batch pointing at the samples to come. With an image store on the device the whole list is
/// uploaded once and steps find their way alone. With an image store on the host the list is cut into windows: the
/// crops of one window are copied into pinned memory and sent on a stream of their own while the steps of the window
/// before run.
class Feed {
 public:
  /// `batch`: the step's largest number of samples and their shape. The StepParams is the one that steps read.
  Feed(std::shared_ptr<Context> context, StepParams* params, const Shape& batch);
  ~Feed();

  /// Throws UsageError for a sample whose crop does not lie in its image; the list before stays loaded.
  void load(const CudaImageStore& store, std::span<const Sample> samples);
  /// Makes the next step's samples ready on the stream. Returns how many it will take, 0 when none are left.
  std::size_t take();

 private:
  /// One window (or the whole list) on the device, and the pinned memory that it comes from.
  struct Window {
    Memory<Sample> samples, pinned_samples;
    Memory<SlotPlace> places, pinned_places;
    Memory<unsigned char> pixels, pinned_pixels;
    Event sent;  // on the copy stream
    Event used;  // on the steps' stream: the last step of the window
    std::uint32_t count = 0;
  };
  void close_list();
  void load_resident(std::span<const Sample> samples);
  void load_streamed(std::span<const Sample> samples);
  static void make_room(Window& window, std::size_t samples, std::size_t bytes);
  SlotPlace copy_crops(const Sample& sample, unsigned char* pixels, std::uint64_t& at) const;
  void fill(Window& window);
  void enter(const Window& window);
  [[nodiscard]] std::size_t crop_bytes(const Sample& sample) const;

  std::shared_ptr<Context> context_;
  StepParams* params_;
  Shape batch_;
  Stream copies_;
  const CudaImageStore* store_ = nullptr;
  std::array<Window, 2> windows_;
  std::size_t current_ = 0;
  std::size_t left_in_window_ = 0, left_ = 0;
  std::vector<Sample> list_;           // streamed only
  std::shared_ptr<SlotUses> uses_;     // of the image store whose list is loaded, where that lies on the device
  std::vector<std::uint32_t> listed_;  // slots that uses_ knows of
  std::size_t filled_ = 0;             // samples of list_ that a window has or had
};

}  // namespace dae::cuda
