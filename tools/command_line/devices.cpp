#include <memory>
#include <vector>

#include "dae/error.hpp"
#include "host/cpu/isa.hpp"
#include "host/cpu/thread_pool.hpp"
#include "host/cuda_module.hpp"
#include "tools/command_line/commands.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

/// What the kernel calls the processor, or the plainest name for it.
std::string processor_name() {
  std::string text;
  if (std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen("/proc/cpuinfo", "r"), &std::fclose}) {
    text.resize(1 << 14);
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  }
  const std::size_t key = text.find("model name");
  const std::size_t start = key == std::string::npos ? key : text.find(": ", key);
  if (start == std::string::npos) return "processor without a name";
  return text.substr(start + 2, text.find('\n', start) - start - 2);
}

void print_cpu() {
  const std::string_view chosen = cpu::chosen_isa().name;
  std::vector<std::string> names;
  for (const cpu::Isa& isa : cpu::usable_isas()) {
    names.push_back(fmt::format("{}{}", isa.name, isa.name == chosen ? " (chosen)" : ""));
  }
  const int cores = cpu::usable_cores();
  print_out("CPU: {}, {} core{} for this process, instruction sets {}\n", processor_name(), cores,
            cores == 1 ? "" : "s", fmt::join(names, ", "));
}

void print_cuda() {
  const CudaModule cuda = load_cuda_module();
  if (!cuda.usable()) {
    print_out("CUDA: none: {}\n", cuda.cause());
    return;
  }
  for (int ordinal = 0;; ++ordinal) {
    try {
      print_out("CUDA {}: {}\n", ordinal, cuda.open(ordinal, {})->name());
    } catch (const DeviceError& error) {
      if (ordinal == 0) print_out("CUDA: none: {}\n", error.what());
      return;
    }
  }
}

}  // namespace

void add_devices(CommandLine& line) {
  line.add("devices", "Show what this machine can compute on", [](const Flags&) {
    print_cpu();
    print_cuda();
    return exit_code::ok;
  });
}

}  // namespace dae
