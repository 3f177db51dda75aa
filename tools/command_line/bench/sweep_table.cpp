#include "tools/command_line/bench/sweep_table.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace dae {

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

}  // namespace dae
