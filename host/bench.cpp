#include "host/bench.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include "dae/error.hpp"
#include "host/cpu/device.hpp"
#include "host/cpu/stage_times.hpp"
#include "host/cpu/thread_pool.hpp"
#include "host/initial_weights.hpp"

namespace dae {
namespace {

constexpr Shape digit{1, 28, 28, 1};
constexpr double shortest = 0.05;  // seconds that a timing lasts at least: the clock and the scheduler are coarse

template <class Work>
double seconds(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Seconds of one call, from as many calls as fill `shortest`.
template <class Work>
double seconds_each(Work work) {
  int calls = 1;
  for (;;) {
    const double total = seconds([&] {
      for (int i = 0; i < calls; ++i) work();
    });
    if (total >= shortest) return total / calls;
    calls = std::max(calls + 1, static_cast<int>(1.2 * shortest / std::max(total, 1e-9) * calls));
  }
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// FMA rate of all threads at once, in FLOP/s.
double fma_peak(const cpu::Kernels& kernels, cpu::ThreadPool& threads) {
  constexpr std::int64_t rounds = 2'000'000;  // about 10 ms
  double flops = 0;
  const double time = seconds([&] {
    threads.run(threads.size(), [&](int job, int) {
      const double done = kernels.fma_rounds(rounds);
      if (job == 0) flops = done * threads.size();
    });
  });
  return flops / time;
}

/// Bytes read and written a second by one thread that adds one array to another, each of 64 MB.
double memory_rate() {
  std::vector<float> from(std::size_t{16} << 20, 1.0f), to(from.size(), 0.0f);
  const double time = seconds_each([&] {
    for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
  });
  return 3 * sizeof(float) * static_cast<double>(from.size()) / time;
}

/// A training and an inference program on a pool of synthetic images.
class Rig {
 public:
  Rig(Device& device, const Graph& graph, int batch)
      : pool_(
            device.make_pool(static_cast<std::uint32_t>(batch), static_cast<std::size_t>(batch) * digit.sample_size())),
        state_(device.make_state(graph, digit)),
        train_(device.compile(graph, {.shape = digit.with_batch(batch), .mode = Mode::train, .noise = {{Gaussian{}}}})),
        infer_(device.compile(graph, {.shape = digit.with_batch(batch)})),
        samples_(static_cast<std::size_t>(batch)),
        in_(samples_.size() * digit.sample_size()),
        out_(in_.size()) {
    state_->write(initial_weights(graph, digit, 1), {}, 0);
    std::vector<std::uint8_t> pixels(digit.sample_size());
    for (std::uint32_t i = 0; i < samples_.size(); ++i) {
      // Strokes on black, about as grey as digits are.
      for (std::size_t p = 0; p < pixels.size(); ++p)
        pixels[p] =
            static_cast<std::uint8_t>(std::max(0.0, 255 * std::sin(static_cast<double>(p * (i % 7 + 3)) * 0.05) - 128));
      pool_->put(i, {digit, std::span<const std::uint8_t>(pixels)});
      samples_[i].slot = samples_[i].id = i;
    }
    for (std::size_t i = 0; i < in_.size(); ++i) in_[i] = static_cast<float>(i % 256) / 255.0f;
  }

  void step() {
    if (train_->train(*state_, Adam{}) > 0) return;
    train_->take_metrics();
    train_->load(*pool_, samples_);
    train_->train(*state_, Adam{});
  }
  void predict() { infer_->predict(*state_, in_, out_); }

 private:
  std::unique_ptr<Pool> pool_;
  std::unique_ptr<State> state_;
  std::unique_ptr<Program> train_, infer_;
  std::vector<Sample> samples_;
  std::vector<float> in_, out_;
};

BenchResult time(const cpu::Isa& isa, const std::string& model, int batch, int threads, int rounds) {
  const Graph graph = load_model(model);
  const auto device = cpu::make_cpu_device({.threads = threads, .say = {}}, isa);
  cpu::ThreadPool peak_threads(threads);
  Rig rig(*device, graph, batch);
  const double direct = 2.0 * static_cast<double>(step_multiply_adds(graph, digit)) * batch;

  std::vector<double> steps, predictions, peaks, ratios;
  rig.step();
  rig.predict();
  for (int round = 0; round < rounds; ++round) {
    // In turns, so that a change of the clock rate meets all of them.
    peaks.push_back(fma_peak(*isa.kernels, peak_threads));
    steps.push_back(seconds_each([&] { rig.step(); }));
    predictions.push_back(seconds_each([&] { rig.predict(); }));
    ratios.push_back(direct / steps.back() / peaks.back());
  }
  BenchResult result;
  result.preset = model;
  result.batch = batch;
  result.threads = threads;
  const double step = median(steps);
  result.step_ms = 1e3 * step;
  result.predict_ms = 1e3 * median(predictions);
  result.images_per_s = batch / step;
  result.peak_gflops = 1e-9 * median(peaks);
  result.gflops_direct_equivalent = 1e-9 * direct / step;
  const double done_part = 2 * cpu::multiply_adds_done(graph, digit, isa) * batch / direct;
  result.gflops_done = done_part * result.gflops_direct_equivalent;
  result.direct_over_peak = median(ratios);
  result.done_over_peak = done_part * result.direct_over_peak;
  return result;
}

}  // namespace

std::uint64_t step_multiply_adds(const Graph& graph, const Shape& sample) {
  const std::vector<Shape> shapes = infer_shapes(graph, sample);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    std::vector<Shape> in;
    bool reads_input = false;
    for (const int input : graph.nodes[i].inputs) {
      in.push_back(shapes[static_cast<std::size_t>(input)]);
      reads_input = reads_input || input == 0;
    }
    total += multiply_adds(graph.nodes[i], in, shapes[i]) * (reads_input ? 2 : 3);
  }
  return total;
}

BenchReport bench_cpu(const BenchRequest& request) {
  if (request.rounds < 1) throw UsageError("the benchmark needs at least one round");
  const cpu::Isa& isa = cpu::chosen_isa();
  BenchReport report;
  report.isa = isa.name;
  cpu::ThreadPool one(1);
  std::vector<double> peaks;
  for (int i = 0; i < request.rounds; ++i) peaks.push_back(fma_peak(*isa.kernels, one));
  report.fma_peak_gflops = 1e-9 * median(peaks);
  std::vector<double> rates;
  for (int i = 0; i < request.rounds; ++i) rates.push_back(memory_rate());
  report.memory_gb_per_s = 1e-9 * median(rates);
  for (const std::string& model : request.models) {
    const cpu::StageTimes times = cpu::stage_times(load_model(model), digit, isa, 10 * request.rounds);
    for (const cpu::StageTime& t : times.stages) {
      const double rate = 2 * t.multiply_adds / (1e-6 * (t.forward_us + t.backward_us));
      report.layers.push_back({model, t.layers, t.forward_us, t.backward_us, rate / times.fma_peak});
    }
    for (const int batch : request.batches)
      for (const int threads : request.threads)
        report.results.push_back(time(isa, model, batch, threads > 0 ? threads : cpu::usable_cores(), request.rounds));
  }
  return report;
}

}  // namespace dae
