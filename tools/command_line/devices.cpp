#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dae/error.hpp"
#include "host/cpu/runtime/isa.hpp"
#include "host/cpu/runtime/thread_pool.hpp"
#include "host/device/cuda_diagnosis.hpp"
#include "host/text/json_text.hpp"
#include "tools/command_line/command_line.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

/// The kernel's name for the processor, or the plainest one.
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
  const CudaFindings found = find_cuda(load_cuda_module(), 0);
  if (const CudaDiagnosis diagnosis = diagnose(found, 0); !diagnosis.usable()) {
    print_out("CUDA: none: {}\n", diagnosis.text());
    return;
  }
  const std::string versions = fmt::format("driver for CUDA {}, cuDNN {}", cuda_version_text(found.probe->driver),
                                           cudnn_version_text(found.probe->cudnn));
  for (std::size_t i = 0; i < found.probe->gpus.size(); ++i) {
    const CudaProbe::Gpu& gpu = found.probe->gpus[i];
    print_out("CUDA {}: {}, compute capability {}.{}, {:.1f} GB, {}{}\n", i, gpu.name, gpu.architecture / 10,
              gpu.architecture % 10, static_cast<double>(gpu.memory) / 1e9, versions,
              gpu.has_kernels ? "" : ", no code for it in this program");
  }
}

int print_properties(int ordinal) {
  const CudaModule cuda = load_cuda_module();
  if (!cuda.usable()) throw DeviceError(diagnose(find_cuda(cuda, ordinal), ordinal).text());
  print_out("{}\n", parse_json(cuda.properties(ordinal), "cuDNN's properties").dump(1));
  return exit_code::ok;
}

}  // namespace

void add_devices(CommandLine& line) {
  const auto properties = std::make_shared<std::optional<int>>();
  Flags& command = line.add("devices", "Show what this machine can compute on", [=](const Flags&) {
    if (*properties) return print_properties(**properties);
    print_cpu();
    print_cuda();
    return exit_code::ok;
  });
  command.number("--properties", *properties, 0, std::numeric_limits<int>::max(),
                 "Print what cuDNN knows of this CUDA device instead, as JSON like that in tests/cusim/plans/devices");
}

void add_doctor(CommandLine& line) {
  line.add("doctor", "Say whether training would run on a GPU, and if not, why and what to do", [](const Flags&) {
    const CudaFindings findings = find_cuda(load_cuda_module(), 0);
    print_out("{}", doctor_text(findings, 0));
    return diagnose(findings, 0).usable() ? exit_code::ok : exit_code::device;
  });
}

}  // namespace dae
