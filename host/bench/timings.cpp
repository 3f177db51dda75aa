#include "host/bench/timings.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "host/bench/machine.hpp"
#include "host/cpu/device.hpp"
#include "host/cpu/stage_times.hpp"
#include "host/data/photo.hpp"
#include "host/data/photo_folder.hpp"
#include "host/denoise/photo_denoiser.hpp"
#include "host/graph/initial_weights.hpp"
#include "host/graph/loss.hpp"

namespace dae {
namespace {

/// Steps between two lists of samples, so that a device that runs ahead of the host is not held up at each.
constexpr int list_steps = 64;
/// The CPU device does not run ahead, and keeps its list in memory that is measured: a list is data, like the images,
/// and must not grow with the batch.
constexpr int cpu_list_samples = 8192;

/// A training and an inference program on an image store of synthetic images.
class Rig {
 public:
  Rig(Device& device, const Graph& graph, int batch, int steps_a_list, const Computation& computation = {})
      : device_(device),
        graph_(graph),
        sample_(bench_sample(graph)),
        training_{.shape = sample_.with_batch(batch),
                  .mode = Mode::train,
                  .loss = usual_loss(graph),
                  .noise = {{Gaussian{}}},
                  .computation = computation},
        store_(device.make_image_store(static_cast<std::uint32_t>(batch), training_.shape.size())),
        samples_(static_cast<std::size_t>(steps_a_list) * static_cast<std::size_t>(batch)),
        in_(training_.shape.size()),
        out_(in_.size()) {
    std::vector<std::uint8_t> pixels(sample_.sample_size());
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(batch); ++i) {
      // Strokes on black, about as grey as digits are.
      for (std::size_t p = 0; p < pixels.size(); ++p)
        pixels[p] =
            static_cast<std::uint8_t>(std::max(0.0, 255 * std::sin(static_cast<double>(p * (i % 7 + 3)) * 0.05) - 128));
      store_->put(i, {sample_, std::span<const std::uint8_t>(pixels)});
    }
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(samples_.size()); ++i) {
      samples_[i].slot = i % static_cast<std::uint32_t>(batch);
      samples_[i].id = i;
    }
    for (std::size_t i = 0; i < in_.size(); ++i) in_[i] = static_cast<float>(i % 256) / 255.0f;
  }

  /// Makes the programs. Returns by how much training made the process grow, in bytes.
  std::size_t prepare() {
    forget_resident_peak();
    const std::size_t before = resident();
    state_ = device_.make_state(graph_, sample_);
    state_->write(initial_weights(graph_, sample_, 1), {}, 0);
    train_ = device_.compile(graph_, training_);
    steps(3);
    const std::size_t peak = resident_peak();
    infer_ = device_.compile(graph_,
                             {.shape = training_.shape, .loss = training_.loss, .computation = training_.computation});
    return peak > before ? peak - before : 0;
  }

  [[nodiscard]] MemoryPlan plan() const { return device_.plan(graph_, training_); }

  /// Returns when all are done.
  void steps(int count) {
    for (int i = 0; i < count; ++i) {
      if (train_->train(*state_, Adam{}) > 0) continue;
      train_->load(*store_, samples_);
      train_->train(*state_, Adam{});
    }
    train_->take_metrics();
  }
  void predict() { infer_->predict(*state_, in_, out_); }

 private:
  Device& device_;
  const Graph& graph_;
  Shape sample_;
  Spec training_;
  std::unique_ptr<ImageStore> store_;
  std::vector<Sample> samples_;
  std::vector<float> in_, out_;
  std::unique_ptr<State> state_;
  std::unique_ptr<Program> train_, infer_;
};

/// Random weights: no speed depends on them.
Checkpoint untrained(const Graph& graph, const Shape& sample) {
  Checkpoint checkpoint;
  checkpoint.graph = graph;
  checkpoint.sample = sample;
  checkpoint.noise.parts = {Gaussian{}};
  checkpoint.weights = initial_weights(graph, sample, 1);
  return checkpoint;
}

Picture synthetic(const Shape& shape) {
  Picture picture;
  picture.shape = shape;
  std::vector<std::uint8_t> pixels(shape.size());
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 2654435761u >> 24);
  picture.pixels = std::move(pixels);
  return picture;
}

int rounded_up(int value, int step) { return (value + step - 1) / step * step; }

}  // namespace

Shape bench_sample(const Graph& graph) { return {1, 28, 28, photo_channels(graph, 28)}; }

BenchResult time_steps(const cpu::Isa& isa, const std::string& model, int batch, int threads, int rounds) {
  const Graph graph = load_model(model);
  const Shape sample = bench_sample(graph);
  const auto device = cpu::make_cpu_device({.threads = threads, .say = {}}, isa);
  cpu::ThreadPool peak_threads(threads);
  Rig rig(*device, graph, batch, std::clamp(cpu_list_samples / batch, 1, list_steps));
  const double direct = 2.0 * static_cast<double>(step_multiply_adds(graph, sample)) * batch;
  const double direct_forward = 2.0 * static_cast<double>(forward_multiply_adds(graph, sample)) * batch;

  BenchResult result;
  result.preset = model;
  result.batch = batch;
  result.threads = threads;
  result.resident_mb = 1e-6 * static_cast<double>(rig.prepare());
  const MemoryPlan memory = rig.plan();
  result.stated_mb = 1e-6 * static_cast<double>(memory.own());

  std::vector<double> steps, predictions, peaks, ratios, predict_ratios;
  rig.predict();
  for (int round = 0; round < rounds; ++round) {
    // In turns, so that a change of the clock rate meets all of them.
    peaks.push_back(fma_peak(*isa.kernels, peak_threads));
    steps.push_back(seconds_of_one([&](int calls) { rig.steps(calls); }));
    predictions.push_back(seconds_each([&] { rig.predict(); }));
    ratios.push_back(direct / steps.back() / peaks.back());
    predict_ratios.push_back(direct_forward / predictions.back() / peaks.back());
  }
  const double step = median(steps);
  result.step_ms = 1e3 * step;
  result.predict_ms = 1e3 * median(predictions);
  result.images_per_s = batch / step;
  result.peak_gflops = 1e-9 * median(peaks);
  result.gflops_direct_equivalent = 1e-9 * direct / step;
  const double done_part = 2 * cpu::multiply_adds_done(graph, sample, isa, batch) * batch / direct;
  result.gflops_done = done_part * result.gflops_direct_equivalent;
  result.direct_over_peak = median(ratios);
  result.done_over_peak = done_part * result.direct_over_peak;
  result.predict_direct_over_peak = median(predict_ratios);
  return result;
}

BenchResult time_steps(Device& device, const std::string& model, int batch, const BenchRequest& request) {
  const Graph graph = load_model(model);
  Rig rig(device, graph, batch, list_steps, request.computation);
  rig.prepare();
  rig.predict();
  std::vector<double> steps, predictions;
  for (int round = 0; round < request.rounds; ++round) {
    steps.push_back(seconds_of_one([&](int calls) { rig.steps(calls); }));
    predictions.push_back(seconds_each([&] { rig.predict(); }));
  }
  BenchResult result;
  result.preset = model;
  result.batch = batch;
  result.step_ms = 1e3 * median(steps);
  result.predict_ms = 1e3 * median(predictions);
  result.images_per_s = batch / median(steps);
  return result;
}

BenchPicture time_picture(const cpu::Isa& isa, const std::string& model, int height, int width, int threads,
                          int rounds) {
  const Graph graph = load_model(model);
  const int stride = window_constraints(graph).stride;
  const Shape shape{1, height, width, photo_channels(graph, 16 * stride)};
  const auto device = cpu::make_cpu_device({.threads = threads, .say = {}}, isa);
  cpu::ThreadPool peak_threads(threads);
  PhotoDenoiser denoiser(*device, untrained(graph, shape), {});
  const Picture picture = synthetic(shape);
  const Picture* const pictures[] = {&picture};
  const double direct = 2.0 * static_cast<double>(forward_multiply_adds(
                                  graph, {1, rounded_up(height, stride), rounded_up(width, stride), shape.c}));

  std::vector<double> times, ratios;
  denoiser(pictures);
  for (int round = 0; round < rounds; ++round) {
    const double peak = fma_peak(*isa.kernels, peak_threads);
    times.push_back(seconds_each([&] { denoiser(pictures); }));
    ratios.push_back(direct / times.back() / peak);
  }
  return {.preset = model,
          .height = height,
          .width = width,
          .threads = threads,
          .ms = 1e3 * median(times),
          .gflops_direct_equivalent = 1e-9 * direct / median(times),
          .direct_over_peak = median(ratios)};
}

}  // namespace dae
