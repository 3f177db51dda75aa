#include <malloc.h>

#include <algorithm>
#include <memory>

#include "host/cpu/runtime/thread_pool.hpp"
#include "host/denoise/denoise_files.hpp"
#include "tools/command_line/commands.hpp"
#include "tools/command_line/denoise/denoise_flags.hpp"
#include "tools/command_line/denoise/denoise_report.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"
#include "tools/command_line/stop_signals.hpp"

namespace dae {
namespace {

int run_denoise(DenoiseFlags& flags, const Flags& command) {
  command.require("--checkpoint");
  command.require("--out");
  if (flags.inputs.empty()) throw UsageError("denoise needs a picture, an IDX file or a folder to denoise");
  settle_options(flags);
  const Checkpoint checkpoint = load_checkpoint(flags.checkpoint);
  if (flags.options.add_noise) flags.options.add_noise->clip = checkpoint.noise.clip;

  std::vector<std::unique_ptr<Device>> devices;
  const auto device = [&](int thread) -> Device& {
    if (thread == 0) {
      // Pictures and programs of many sizes come and go on several threads: what is freed goes back to the system at
      // once, or the heaps would grow to the sum of their largest moments.
      ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
      catch_stop_signals();
    }
    DeviceFlags shared = flags.device;
    if (const int count = flags.options.process; count > 1)
      shared.threads = std::max((shared.threads > 0 ? shared.threads : cpu::usable_cores()) / count, 1);
    const auto say = [&](std::string_view line) {
      if (!flags.json && thread == 0) print_out("{}\n", line);
    };
    return *devices.emplace_back(open_device(shared, say));
  };
  DenoiseReport report(flags.json);
  const DenoiseSummary summary = denoise_files(device, checkpoint, flags.inputs, flags.options, report, stop_requested);
  report.finish(summary);
  if (summary.stopped) return exit_code::stopped;
  return summary.first_failure ? exit_code::of(summary.first_failure) : exit_code::ok;
}

}  // namespace

void add_denoise(CommandLine& line) {
  const auto flags = std::make_shared<DenoiseFlags>();
  Flags& command = line.add("denoise", "Denoise pictures of any size, folders of them, or IDX files",
                            [=](const Flags& given) { return run_denoise(*flags, given); });
  add_flags(command, *flags);
}

}  // namespace dae
