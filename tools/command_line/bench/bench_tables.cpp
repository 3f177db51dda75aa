#include "tools/command_line/bench/bench_tables.hpp"

#include <fmt/format.h>

#include <iterator>

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

}  // namespace

std::string bench_tables(const BenchReport& report) {
  std::string text = fmt::format("{}, one thread: FMA peak {:.1f} GFLOP/s, memory {:.1f} GB/s\n", report.isa,
                                 report.fma_peak_gflops, report.memory_gb_per_s);
  if (!report.results.empty()) text += steps(report.results) + layers(report);
  if (!report.pictures.empty()) text += pictures(report.pictures);
  return text;
}

}  // namespace dae
