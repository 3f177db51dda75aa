#include "host/bench.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "tools/command_line/commands.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

struct BenchFlags {
  std::string models = "conv-dae-32", batches = "128", threads = "1";
  int rounds = 7;
  bool json = false;
};

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= list.size();) {
    const std::size_t end = std::min(list.find(',', start), list.size());
    parts.emplace_back(list.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::vector<int> numbers(std::string_view flag, std::string_view list, int least, int most) {
  std::vector<int> values;
  for (const std::string& part : split(list)) values.push_back(parse_number(flag, part, least, most));
  return values;
}

std::string to_json(const BenchReport& report) {
  nlohmann::ordered_json object = {
      {"fma_peak_gflops", report.fma_peak_gflops}, {"memory_gb_per_s", report.memory_gb_per_s}, {"isa", report.isa}};
  object["results"] = nlohmann::ordered_json::array();
  for (const BenchResult& r : report.results) {
    object["results"].push_back({{"preset", r.preset},
                                 {"batch", r.batch},
                                 {"threads", r.threads},
                                 {"step_ms", r.step_ms},
                                 {"predict_ms", r.predict_ms},
                                 {"images_per_s", r.images_per_s},
                                 {"peak_gflops", r.peak_gflops},
                                 {"gflops_done", r.gflops_done},
                                 {"gflops_direct_equivalent", r.gflops_direct_equivalent},
                                 {"done_over_peak", r.done_over_peak},
                                 {"direct_over_peak", r.direct_over_peak}});
  }
  object["layers"] = nlohmann::ordered_json::array();
  for (const BenchLayer& l : report.layers) {
    object["layers"].push_back({{"preset", l.preset},
                                {"layers", l.layers},
                                {"forward_us", l.forward_us},
                                {"backward_us", l.backward_us},
                                {"done_over_peak", l.done_over_peak}});
  }
  return object.dump();
}

void print_table(const BenchReport& report) {
  print_out("{}, one thread: FMA peak {:.1f} GFLOP/s, memory {:.1f} GB/s\n\n", report.isa, report.fma_peak_gflops,
            report.memory_gb_per_s);
  print_out("{:<14}{:>6}{:>8}{:>10}{:>12}{:>12}{:>14}{:>18}{:>12}\n", "model", "batch", "threads", "step ms",
            "predict ms", "images/s", "GFLOP/s done", "direct equivalent", "over peak");
  for (const BenchResult& r : report.results) {
    print_out("{:<14}{:>6}{:>8}{:>10.2f}{:>12.2f}{:>12.0f}{:>14.1f}{:>18.1f}{:>12.2f}\n", r.preset, r.batch, r.threads,
              r.step_ms, r.predict_ms, r.images_per_s, r.gflops_done, r.gflops_direct_equivalent, r.direct_over_peak);
  }
  print_out("\nA block of images on one thread\n{:<14}{:<44}{:>12}{:>12}{:>12}\n", "model", "layers", "forward us",
            "backward us", "over peak");
  for (const BenchLayer& l : report.layers)
    print_out("{:<14}{:<44}{:>12.1f}{:>12.1f}{:>12.2f}\n", l.preset, l.layers, l.forward_us, l.backward_us,
              l.done_over_peak);
}

int run_bench(const BenchFlags& flags) {
  BenchRequest request;
  request.models = split(flags.models);
  request.batches = numbers("--batch", flags.batches, 1, most_batch);
  request.threads = numbers("--threads", flags.threads, 0, most_threads);
  request.rounds = flags.rounds;
  const BenchReport report = bench_cpu(request);
  if (flags.json) {
    print_out("{}\n", to_json(report));
  } else {
    print_table(report);
  }
  return exit_code::ok;
}

}  // namespace

void add_bench(CommandLine& line) {
  const auto flags = std::make_shared<BenchFlags>();
  Flags& command = line.add("bench", "Time training steps and predictions of the CPU device beside its FMA peak",
                            [=](const Flags&) { return run_bench(*flags); });
  command.text("--model", "MODEL,...", flags->models, "Presets or JSON files");
  command.text("--batch", "N,...", flags->batches, "Images a step");
  command.text("--threads", "N,...", flags->threads, "Threads; 0: one a core");
  command.number("--rounds", flags->rounds, 1, 1000, "Every figure is the median of so many");
  command.toggle("--json", flags->json, "Print one JSON object and nothing else");
}

}  // namespace dae
