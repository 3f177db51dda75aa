#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dae/device.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/denoise/windows.hpp"

namespace dae {

/// An image on its way through a network: where its pixels come from and where the answer goes, a window at a time, so
/// that nobody has to hold all of it as floats.
class WindowedImage {
 public:
  explicit WindowedImage(const Shape& shape) : shape_(shape) {}
  virtual ~WindowedImage() = default;
  [[nodiscard]] const Shape& shape() const { return shape_; }
  /// See read_window and write_answer. Writing one window must not change what is read of another.
  virtual void read(const Window& window, std::span<float> to) const = 0;
  virtual void write(std::span<const float> answer, const Window& window) = 0;

 protected:
  WindowedImage(const WindowedImage&) = default;
  WindowedImage& operator=(const WindowedImage&) = default;

 private:
  Shape shape_;
};

/// Is told after every batch which part of the work is done, up to 1; false: give up.
using Watch = std::function<bool(double part)>;

struct WindowOptions {
  std::size_t memory = std::size_t{1} << 30;  ///< Bytes that programs and what lies between them and images may take.
  int batch = 128;                            ///< Windows that the device takes at a time, at most.
  int window = 0;                             ///< Pixels; 0: as the memory and the images allow.
  Computation computation = {};
};

/// A checkpoint's network on a device, for images of any size. They go through in windows that overlap as far as the
/// network sees and begin where the kernels' own tiles do, so that the result is that of the whole image, bit for bit
/// on one instruction set. Where programs take their time to compile, windows have few sizes instead, and the last bits
/// may differ. As many windows go through together as keep the device busy, fewer where memory is short. Images whose
/// sides are no multiples of the network's stride are mirrored below and on the right, and cut again.
class WindowedNetwork {
 public:
  /// `noise` says what a NoiseMap shows. Throws GraphError for what is no network.
  WindowedNetwork(Device& device, const Checkpoint& checkpoint, const NoiseRecipe& noise,
                  const WindowOptions& options = {});

  /// Throws ShapeError, with the reason, when the graph is tied to another size.
  void check(const Shape& shape) const;
  /// How many images of a size keep the device busy when they are taken together.
  std::size_t enough(const Shape& image);
  /// Takes images together, windows of one size in one batch whichever image they are of. False when it was told to
  /// stop before the end. Throws what check does, and MemoryError when not even the smallest window fits.
  bool operator()(std::span<WindowedImage* const> images, const Watch& watch = {});
  /// Takes one image of h x w x c values; as many come back.
  std::vector<float> operator()(std::span<const float> image, const Shape& shape);

 private:
  using Size = std::pair<int, int>;  ///< Height and width.
  using SizeCounts = std::map<Size, std::size_t>;
  /// A program for windows of one size, as far as memory allows.
  struct Fit {
    int batch = 0;  ///< Windows; 0: not even one fits.
    std::size_t bytes = 0, room = 0;
  };
  struct Compiled {
    Size size;
    Fit fit;
    std::unique_ptr<Program> program;
  };
  /// The device's word on windows of one size.
  struct Known {
    int at_once = 0;
    std::optional<Fit> fit;
  };
  [[nodiscard]] Spec spec(const Size& size, int batch) const;
  [[nodiscard]] std::vector<Extent> extents(int length, int window) const;
  [[nodiscard]] bool is_compiled(const Size& size) const;
  [[nodiscard]] std::size_t program_bytes() const;
  Known& known(const Size& size);
  [[nodiscard]] Fit fit(const Size& size, int most) const;
  bool fits(const Size& size);
  Compiled& program(const Size& size);
  [[nodiscard]] SizeCounts windows_of(const SizeCounts& images, const Size& window) const;
  double cost_of(const SizeCounts& windows);
  [[nodiscard]] std::vector<Size> candidates(int longest) const;
  Size window_for(std::span<WindowedImage* const> images);

  Device& device_;
  Graph graph_;
  NoiseRecipe noise_;
  WindowOptions options_;
  Shape sample_;
  std::string tied_;  ///< Why the graph is tied to the size of sample_; or empty.
  WindowRule rule_;
  Size window_{};  ///< The last one that was chosen.
  std::unique_ptr<State> state_;
  std::vector<Compiled> programs_;  ///< The newest last.
  std::map<Size, Known> known_;
  std::vector<float> in_, out_;  // windows; kept, because new pages take longer than what is written into them
};

}  // namespace dae
