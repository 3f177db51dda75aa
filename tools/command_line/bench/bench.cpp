#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "host/bench/bench.hpp"
#include "host/bench/sweep.hpp"
#include "tools/command_line/command_line.hpp"
#include "tools/command_line/device_flags.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

std::string steps(const std::vector<BenchResult>& results) {
  std::string text = fmt::format(
      "\nGFLOP/s as carried out and as direct convolution, and both over the FMA peak of as many threads\n"
      "{:<14}{:>6}{:>8}{:>11}{:>10}{:>11}{:>8}{:>8}{:>11}{:>13}\n",
      "train", "batch", "threads", "step ms", "us/image", "images/s", "done", "direct", "done/peak", "direct/peak");
  const auto out = std::back_inserter(text);
  for (const BenchResult& r : results)
    fmt::format_to(out, "{:<14}{:>6}{:>8}{:>11.2f}{:>10.1f}{:>11.0f}{:>8.1f}{:>8.1f}{:>11.2f}{:>13.2f}\n", r.preset,
                   r.batch, r.threads, r.step_ms, 1e3 * r.step_ms / r.batch, r.images_per_s, r.gflops_done,
                   r.gflops_direct_equivalent, r.done_over_peak, r.direct_over_peak);
  fmt::format_to(out, "\n{:<14}{:>6}{:>8}{:>11}{:>10}{:>13}{:>24}{:>14}\n", "predict", "batch", "threads", "ms",
                 "us/image", "direct/peak", "training, stated MB", "resident MB");
  for (const BenchResult& r : results)
    fmt::format_to(out, "{:<14}{:>6}{:>8}{:>11.2f}{:>10.1f}{:>13.2f}{:>24.1f}{:>14.1f}\n", r.preset, r.batch, r.threads,
                   r.predict_ms, 1e3 * r.predict_ms / r.batch, r.predict_direct_over_peak, r.stated_mb, r.resident_mb);
  return text;
}

std::string layers(const BenchReport& report) {
  std::string text =
      fmt::format("\nA block of images in a training step on one thread\n{:<14}{:<44}{:>12}{:>13}{:>11}{:>13}\n",
                  "model", "layers", "forward us", "backward us", "done/peak", "direct/peak");
  const auto out = std::back_inserter(text);
  for (const BenchLayer& l : report.layers)
    fmt::format_to(out, "{:<14}{:<44}{:>12.1f}{:>13.1f}{:>11.2f}{:>13.2f}\n", l.preset, l.layers, l.forward_us,
                   l.backward_us, l.done_over_peak, l.direct_over_peak);
  for (const BenchAround& a : report.around)
    fmt::format_to(
        out, "{:<14}around them: input and noise {:.1f} us, loss {:.1f} us, Adam {:.1f} us; {:.1f}% of the step\n",
        a.preset, a.input_us, a.loss_us, a.update_us, 100 * a.part_of_step);
  return text;
}

std::string pictures(const std::vector<BenchPicture>& all) {
  std::string text = fmt::format("\n{:<18}{:>12}{:>8}{:>11}{:>8}{:>13}\n", "one picture", "size", "threads", "ms",
                                 "direct", "direct/peak");
  const auto out = std::back_inserter(text);
  for (const BenchPicture& p : all)
    fmt::format_to(out, "{:<18}{:>12}{:>8}{:>11.2f}{:>8.1f}{:>13.2f}\n", p.preset,
                   fmt::format("{}x{}", p.height, p.width), p.threads, p.ms, p.gflops_direct_equivalent,
                   p.direct_over_peak);
  return text;
}

/// The tables that `bench` prints for people.
std::string bench_tables(const BenchReport& report) {
  std::string text = fmt::format("{}, one thread: FMA peak {:.1f} GFLOP/s, memory {:.1f} GB/s\n", report.isa,
                                 report.fma_peak_gflops, report.memory_gb_per_s);
  if (!report.results.empty()) text += steps(report.results) + layers(report);
  if (!report.pictures.empty()) text += pictures(report.pictures);
  return text;
}

/// The table that `bench --sweep` prints for people.
std::string sweep_table(const Sweep& sweep) {
  std::string text = fmt::format(
      "{}, one thread: FMA peak {:.1f} GFLOP/s. Convolutions of a block, forward and backward; the rate is that of\n"
      "direct convolution, over the peak\n\n{:>8}{:>8}{:>10}{:>11}{:>14}{:>11}\n",
      sweep.isa, sweep.fma_peak_gflops, "channels", "kernel", "pixels", "upsampled", "us", "over peak");
  for (const SweepResult& r : sweep.results)
    text += fmt::format("{:>8}{:>8}{:>10}{:>11}{:>14.1f}{:>11.2f}\n", r.channels, r.kernel,
                        fmt::format("{0}x{0}", r.size), r.upsampled ? "x2" : "", r.microseconds, r.direct_over_peak);
  return text;
}

std::string sweep_json(const Sweep& sweep) {
  nlohmann::ordered_json object = {{"isa", sweep.isa}, {"fma_peak_gflops", sweep.fma_peak_gflops}};
  object["results"] = nlohmann::ordered_json::array();
  for (const SweepResult& r : sweep.results)
    object["results"].push_back({{"channels", r.channels},
                                 {"kernel", r.kernel},
                                 {"size", r.size},
                                 {"upsampled", r.upsampled},
                                 {"us", r.microseconds},
                                 {"direct_over_peak", r.direct_over_peak}});
  return object.dump();
}

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
