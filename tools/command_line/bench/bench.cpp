#include "host/bench/bench.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "tools/command_line/bench/bench_tables.hpp"
#include "tools/command_line/bench/sweep_table.hpp"
#include "tools/command_line/commands.hpp"
#include "tools/command_line/device_flags.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

struct BenchFlags {
  DeviceFlags device{.device = "cpu", .plan_cache = {}, .threads = 0};
  ComputationFlags computation;
  std::string models = "conv-dae-32", batches = "128", threads = "1", picture;
  int rounds = 7;
  bool json = false, sweep = false;
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
                                 {"direct_over_peak", r.direct_over_peak},
                                 {"predict_direct_over_peak", r.predict_direct_over_peak},
                                 {"stated_mb", r.stated_mb},
                                 {"resident_mb", r.resident_mb}});
  }
  object["layers"] = nlohmann::ordered_json::array();
  for (const BenchLayer& l : report.layers) {
    object["layers"].push_back({{"preset", l.preset},
                                {"layers", l.layers},
                                {"forward_us", l.forward_us},
                                {"backward_us", l.backward_us},
                                {"done_over_peak", l.done_over_peak},
                                {"direct_over_peak", l.direct_over_peak}});
  }
  object["around"] = nlohmann::ordered_json::array();
  for (const BenchAround& a : report.around) {
    object["around"].push_back({{"preset", a.preset},
                                {"input_us", a.input_us},
                                {"loss_us", a.loss_us},
                                {"update_us", a.update_us},
                                {"part_of_step", a.part_of_step}});
  }
  object["pictures"] = nlohmann::ordered_json::array();
  for (const BenchPicture& p : report.pictures) {
    object["pictures"].push_back({{"preset", p.preset},
                                  {"height", p.height},
                                  {"width", p.width},
                                  {"threads", p.threads},
                                  {"ms", p.ms},
                                  {"gflops_direct_equivalent", p.gflops_direct_equivalent},
                                  {"direct_over_peak", p.direct_over_peak}});
  }
  return object.dump();
}

/// Times any device; the CPU's other figures have no meaning there.
void bench_any(const BenchFlags& flags, const BenchRequest& request) {
  const auto say = [&](std::string_view line) {
    if (!flags.json) print_out("{}\n", line);
  };
  const auto device = open_device(flags.device, say);
  const std::vector<BenchResult> results = bench_device(*device, request);
  if (flags.json) {
    nlohmann::ordered_json object = {{"device", device->name()}, {"precision", flags.computation.precision}};
    object["results"] = nlohmann::ordered_json::array();
    for (const BenchResult& r : results)
      object["results"].push_back({{"preset", r.preset},
                                   {"batch", r.batch},
                                   {"step_ms", r.step_ms},
                                   {"predict_ms", r.predict_ms},
                                   {"images_per_s", r.images_per_s}});
    print_out("{}\n", object.dump());
    return;
  }
  print_out("Precision: {}\n\n{:<14}{:>6}{:>10}{:>12}{:>12}\n", flags.computation.precision, "model", "batch",
            "step ms", "predict ms", "images/s");
  for (const BenchResult& r : results)
    print_out("{:<14}{:>6}{:>10.3f}{:>12.3f}{:>12.0f}\n", r.preset, r.batch, r.step_ms, r.predict_ms, r.images_per_s);
}

int run_bench(const BenchFlags& flags, const Flags& given) {
  if (flags.sweep) {
    const Sweep sweep = bench_sweep(sweep_shapes(), flags.rounds);
    print_out("{}", flags.json ? sweep_json(sweep) + "\n" : sweep_table(sweep));
    return exit_code::ok;
  }
  BenchRequest request;
  request.models = split(flags.models);
  request.batches = numbers("--batch", flags.batches, 1, most_batch);
  request.threads = numbers("--threads", flags.threads, 0, most_threads);
  request.rounds = flags.rounds;
  request.computation = computation_from(flags.computation);
  if (!flags.picture.empty()) {
    const Shape shape = parse_shape("--picture", flags.picture + "x1");
    request.picture_height = shape.h;
    request.picture_width = shape.w;
    if (!given.given("--batch")) request.batches.clear();
  }
  if (flags.device.device != "cpu") {
    for (const char* flag : {"--threads", "--picture"})
      if (given.given(flag)) throw UsageError(fmt::format("{} is for --device cpu", flag));
    bench_any(flags, request);
    return exit_code::ok;
  }
  if (flags.computation.precision != "fp32")
    throw UsageError("the CPU device computes in fp32 only; leave out --precision or use a CUDA device");
  const BenchReport report = bench_cpu(request);
  if (flags.json) {
    print_out("{}\n", to_json(report));
  } else {
    print_out("{}", bench_tables(report));
  }
  return exit_code::ok;
}

}  // namespace

void add_bench(CommandLine& line) {
  const auto flags = std::make_shared<BenchFlags>();
  Flags& command = line.add("bench", "Time training steps and predictions, those of the CPU beside its FMA peak",
                            [=](const Flags& given) { return run_bench(*flags, given); });
  command.text("--model", "MODEL,...", flags->models, "Presets or JSON files");
  command.text("--batch", "N,...", flags->batches, "Images a step");
  command.text("--threads", "N,...", flags->threads, "Threads of the CPU device; 0: one a core");
  command.text("--device", "cpu|auto|N", flags->device.device, "As of train; of a CUDA device times and images/s");
  command.text("--plan-cache", "DIR|none", flags->device.plan_cache, "As of train");
  add_computation_flags(command, flags->computation);
  command.text("--picture", "HEIGHTxWIDTH", flags->picture,
               "Denoise one picture in memory, and do nothing else where --batch is not given");
  command.number("--rounds", flags->rounds, 1, 1000, "Every figure is the median of so many");
  command.toggle("--sweep", flags->sweep, "Time convolutions of many shapes, and nothing else");
  command.toggle("--json", flags->json, "Print one JSON object and nothing else");
}

}  // namespace dae
