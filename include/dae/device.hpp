#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dae/batch.hpp"
#include "dae/graph.hpp"
#include "dae/loss.hpp"
#include "dae/noise.hpp"
#include "dae/optimizer.hpp"

/// \file
/// The contract between the host and a device. A Device compiles a Graph at a Spec into a Program, which runs whole
/// steps; State (weights) and ImageStore (images) live apart from programs, so that a training program, a validation
/// program and inference programs of other shapes share them. Below this line everything is the device's own: layout,
/// fusion, streams, threads. Host memory is always n, h, w, c float32; weights are in canonical order (see Parameter).
///
/// Calls that enqueue may return before the work is done; take_metrics, read, predict and gradient wait.
/// One thread drives a device. Every call may throw DeviceError.
namespace dae {

/// Weights, optimizer moments, averaged weights and step count on the device.
class State {
 public:
  virtual ~State() = default;
  /// Copies out the weights and the moments (all of m, then all of v: twice the weights' size). Either may be empty.
  virtual void read(std::span<float> weights, std::span<float> moments) const = 0;
  /// Sets everything; an empty `moments` means zeros. Throws UsageError when a size is wrong.
  virtual void write(std::span<const float> weights, std::span<const float> moments, std::uint64_t step) = 0;
  /// Copies out, or sets, the averaged weights, which steps with Update::average_decay move and nothing else does;
  /// `write` makes them the weights.
  virtual void read_average(std::span<float> average) const = 0;
  virtual void write_average(std::span<const float> average) = 0;
  /// Optimizer steps taken since initialisation, those still enqueued included.
  [[nodiscard]] virtual std::uint64_t step() const = 0;
};

/// Images on the device: a whole data set, or a ring that a loader refills.
class ImageStore {
 public:
  virtual ~ImageStore() = default;
  /// Copies an image into a slot. With `noisy`, samples of that slot use it as the network's input and no noise is
  /// drawn. Steps that were enqueued before still see what was there. Throws UsageError for a slot or a size beyond
  /// what the store was made for.
  virtual void put(std::uint32_t slot, const Image& clean, const Image* noisy = nullptr) = 0;
};

/// The sums that a Program accumulates on the device between two calls of take_metrics.
struct Metrics {
  std::uint64_t samples = 0;
  double loss = 0;           ///< Sum over samples of the sample's mean loss (Dot: of its sum).
  double squared_error = 0;  ///< Sum over samples of the mean of (output - target)^2. Evaluation only.
  double psnr = 0;  ///< Sum over samples of 10 log10(1 / MSE of the sample), MSE at least 1e-10. Evaluation only.
  std::vector<float> step_loss;           ///< Mean loss of each training step, in order.
  std::optional<std::uint64_t> bad_step;  ///< First step (counted as State::step, from 1) whose loss was not finite.
};

/// How far the training steps since take_metrics are, as far as that is known without waiting.
struct Progress {
  std::uint32_t steps = 0;  ///< Finished.
  float loss = 0;  ///< Mean over their samples so far; not finite once a step's is not. Nothing before the first step.
};

/// One graph at one shape, planned completely before it exists.
class Program {
 public:
  virtual ~Program() = default;

  /// Sets the samples of the coming steps, in order; an epoch or a part of it. The span may go out of scope.
  /// Every crop must lie inside its image: throws UsageError.
  virtual void load(const ImageStore&, std::span<const Sample>) = 0;
  /// Tells what Updates the coming calls of train will be given, in order, so that a device with memory of its own need
  /// not be told at each step. A step that is given another is as right, and so is one more.
  virtual void announce(std::span<const Update>) {}
  /// Enqueues one optimizer step on the next Spec::shape.n samples, fewer at the end of the list. Returns how many it
  /// took, 0 when none are left. The gradient is the mean over the samples taken. Once a step's loss is not finite,
  /// that step and all later ones leave the State as it was (see Metrics::bad_step).
  virtual std::size_t train(State&, const Update&) = 0;
  /// Enqueues a forward pass with loss and metrics on the next samples; returns how many it took.
  virtual std::size_t evaluate(const State&) = 0;
  /// Waits, returns what was accumulated, clears it.
  virtual Metrics take_metrics() = 0;
  /// Never waits, however many steps are enqueued.
  [[nodiscard]] virtual Progress progress() const = 0;

  /// The network's output (after a final Sigmoid) for k samples, k >= 0 of any number; in.size() is k * sample_size.
  virtual void predict(const State&, std::span<const float> in, std::span<float> out) = 0;
  /// One forward and backward pass on k samples, 1 <= k <= Spec::shape.n, without noise and without an optimizer step.
  /// Writes d loss / d weights (canonical) and d loss / d input; either may be empty. Returns the mean loss.
  virtual double gradient(const State&, std::span<const float> in, std::span<const float> target,
                          std::span<float> d_weights, std::span<float> d_in) = 0;

  /// The algorithms that the device chose, as text for Spec::plans; empty where there is no choice.
  [[nodiscard]] virtual std::string plans() const { return {}; }
  /// true: steps are enqueued op by op, each in a range with the layer's name for profilers, instead of as one piece.
  /// Results are the same bit for bit.
  virtual void set_eager(bool) {}
  /// Nodes of the graph that a training step replays, those inside of libraries included; 0 before the first step that
  /// is no eager one, and on a device that replays nothing.
  [[nodiscard]] virtual std::size_t captured_nodes() const { return 0; }
};

enum class Precision { fp32, tf32, bf16 };

/// In the order of Precision.
inline constexpr std::array<std::string_view, 3> precision_names = {"fp32", "tf32", "bf16"};

/// train: everything. infer: evaluate and predict only; activations are reused as soon as their last reader is done.
/// predict: predict only, which can take less memory.
enum class Mode { train, infer, predict };

/// How a Program computes.
struct Computation {
  Precision precision = Precision::fp32;
  bool deterministic = false;       ///< The CPU device always is.
  std::size_t workspace_limit = 0;  ///< Bytes of scratch memory that one operation may use; 0: the device decides.
};

/// Everything besides the Graph that a Program is compiled for.
struct Spec {
  Shape shape;  ///< The input's; shape.n is the largest batch of a step.
  Mode mode = Mode::infer;
  Loss loss = Bce{};
  NoiseRecipe noise = {};
  Computation computation = {};
  std::size_t memory_limit = 0;  ///< Bytes; 0: what the device has.
  std::string plans = {};  ///< Program::plans of an earlier run, to choose the same algorithms where they still exist.
};

/// Bytes that a Program and its State take, what is taken already, and what there is in all.
struct MemoryPlan {
  std::size_t parameters = 0, activations = 0, workspace = 0;
  std::size_t images = 0;   ///< Images on the device; 0 where its memory is the host's.
  std::size_t context = 0;  ///< Everything else: driver, libraries, other programs, what will be loaded at first use.
  std::size_t available = 0;

  /// The bytes of the program and its state.
  [[nodiscard]] std::size_t own() const { return parameters + activations + workspace; }
  [[nodiscard]] std::size_t needed() const { return own() + images + context; }
};

/// A named stretch of time on one of a device's threads. Ranges of a thread lie side by side or inside each other.
struct TimedRange {
  std::string name;  ///< "step", "gather", "conv2d/forward".
  int thread = 0;
  double start_us = 0, length_us = 0;
};

class Device {
 public:
  virtual ~Device() = default;
  /// One line for people: "CPU, 2 threads, AVX-512".
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual MemoryPlan plan(const Graph&, const Spec&) const = 0;
  /// How many samples of the Spec's shape a prediction works on at the same time: fewer take as long, and a program for
  /// more at a time is no faster.
  [[nodiscard]] virtual int preferred_batch(const Graph&, const Spec&) const = 0;
  /// How many predictions of that many samples take as long as compiling a program, roughly. Where there are any,
  /// images of many sizes are better cut into windows of one size than given a program each.
  [[nodiscard]] virtual int compile_cost_in_batches() const { return 0; }
  /// Zero weights, zero moments, step 0.
  virtual std::unique_ptr<State> make_state(const Graph&, const Shape& sample) = 0;
  /// An image store of `slots` slots and `bytes` bytes of pixels in all. Throws MemoryError.
  virtual std::unique_ptr<ImageStore> make_image_store(std::uint32_t slots, std::size_t bytes) = 0;
  /// Throws GraphError, ShapeError, UsageError (a Spec that the device cannot run) and MemoryError.
  virtual std::unique_ptr<Program> compile(const Graph&, const Spec&) = 0;
  /// Brackets what a profiler shall record (cudaProfilerStart and Stop). The CPU device records by itself: each
  /// training step and, of eager ones, each layer.
  virtual void profiler(bool) {}
  /// Takes what was recorded since the last call, by thread and time; empty where the vendor's profiler records.
  virtual std::vector<TimedRange> take_ranges() { return {}; }
};

struct DeviceOptions {
  int threads = 0;                            ///< CPU device; 0: one a core that this process may use.
  std::function<void(std::string_view)> say;  ///< Told in one line which device was chosen and why.
  std::string plan_cache = {};                ///< CUDA: a folder that keeps plans between runs; empty: none are kept.
};

/// Opens "cpu", a CUDA device by its number, or with "auto" the first CUDA device that works and else the CPU.
/// Throws UsageError for any other request and DeviceError, with cause and remedy, for a device that is not there.
std::unique_ptr<Device> open_device(std::string_view request, const DeviceOptions& options = {});

}  // namespace dae
