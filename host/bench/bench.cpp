#include "host/bench/bench.hpp"

#include <map>

#include "dae/error.hpp"
#include "host/bench/machine.hpp"
#include "host/bench/timings.hpp"
#include "host/cpu/stage_times.hpp"

namespace dae {
namespace {

/// Multiply-adds of a node for one sample, forward, and how many passes of that size a training step has.
struct NodeCost {
  std::uint64_t forward = 0;
  int passes = 3;
  [[nodiscard]] std::uint64_t step() const { return forward * static_cast<std::uint64_t>(passes); }
};

std::vector<NodeCost> node_costs(const Graph& graph, const Shape& sample) {
  const std::vector<Shape> shapes = infer_shapes(graph, sample);
  std::vector<NodeCost> costs;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    std::vector<Shape> in;
    bool reads_input = false;
    for (const int input : graph.nodes[i].inputs) {
      in.push_back(shapes[static_cast<std::size_t>(input)]);
      reads_input = reads_input || input == 0;
    }
    costs.push_back({multiply_adds(graph.nodes[i], in, shapes[i]), reads_input ? 2 : 3});
  }
  return costs;
}

/// The multiply-adds of a training step, by the layer's name.
std::map<std::string, double, std::less<>> direct_costs(const Graph& graph, const Shape& sample) {
  std::map<std::string, double, std::less<>> direct;
  const std::vector<NodeCost> costs = node_costs(graph, sample);
  for (std::size_t i = 0; i < costs.size(); ++i) direct[graph.nodes[i].name] = static_cast<double>(costs[i].step());
  return direct;
}

/// The sum over names joined by " + ".
double sum_over(const std::map<std::string, double, std::less<>>& costs, std::string_view names) {
  constexpr std::string_view between = " + ";
  double sum = 0;
  for (std::size_t start = 0; start <= names.size();) {
    const std::size_t end = std::min(names.find(between, start), names.size());
    if (const auto found = costs.find(names.substr(start, end - start)); found != costs.end()) sum += found->second;
    start = end + between.size();
  }
  return sum;
}

void add_layers(const cpu::Isa& isa, const std::string& model, const BenchRequest& request, BenchReport& report) {
  const Graph graph = load_model(model);
  const Shape sample = bench_sample(graph);
  const cpu::StageTimes times = cpu::stage_times(graph, sample, isa, 10 * request.rounds, request.batches.front());
  const auto direct = direct_costs(graph, sample);
  double layers_us = 0;
  for (const cpu::StageTime& t : times.stages) {
    const double us = t.forward_us + t.backward_us, flops_at_peak = 1e-6 * us * times.fma_peak / 2;
    layers_us += us;
    report.layers.push_back({model, t.layers, t.forward_us, t.backward_us, t.multiply_adds / flops_at_peak,
                             sum_over(direct, t.layers) * isa.kernels->lanes / flops_at_peak});
  }
  const double around_us = times.input_us + times.loss_us + times.update_us;
  report.around.push_back({model, times.input_us, times.loss_us, times.update_us, around_us / (around_us + layers_us)});
}

/// The median of `rounds` measurements.
template <class Measure>
double median_of(int rounds, Measure measure) {
  std::vector<double> values;
  for (int i = 0; i < rounds; ++i) values.push_back(measure());
  return median(values);
}

}  // namespace

std::uint64_t step_multiply_adds(const Graph& graph, const Shape& sample) {
  std::uint64_t total = 0;
  for (const NodeCost& cost : node_costs(graph, sample)) total += cost.step();
  return total;
}

std::uint64_t forward_multiply_adds(const Graph& graph, const Shape& sample) {
  std::uint64_t total = 0;
  for (const NodeCost& cost : node_costs(graph, sample)) total += cost.forward;
  return total;
}

std::vector<BenchResult> bench_device(Device& device, const BenchRequest& request) {
  if (request.rounds < 1) throw UsageError("the benchmark needs at least one round");
  std::vector<BenchResult> results;
  for (const std::string& model : request.models)
    for (const int batch : request.batches) results.push_back(time_steps(device, model, batch, request));
  return results;
}

BenchReport bench_cpu(const BenchRequest& request) {
  if (request.rounds < 1) throw UsageError("the benchmark needs at least one round");
  const cpu::Isa& isa = cpu::chosen_isa();
  BenchReport report;
  report.isa = isa.name;
  cpu::ThreadPool one(1);
  report.fma_peak_gflops = 1e-9 * median_of(request.rounds, [&] { return fma_peak(*isa.kernels, one); });
  report.memory_gb_per_s = 1e-9 * median_of(request.rounds, [&] { return memory_rate(one); });
  for (const std::string& model : request.models) {
    if (!request.batches.empty()) add_layers(isa, model, request, report);
    for (const int wanted : request.threads) {
      const int threads = wanted > 0 ? wanted : cpu::usable_cores();
      for (const int batch : request.batches)
        report.results.push_back(time_steps(isa, model, batch, threads, request.rounds));
      if (request.picture_height > 0)
        report.pictures.push_back(
            time_picture(isa, model, request.picture_height, request.picture_width, threads, request.rounds));
    }
  }
  return report;
}

}  // namespace dae
