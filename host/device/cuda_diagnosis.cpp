#include "host/device/cuda_diagnosis.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace dae {
namespace {

/// The version of libcudart that is linked into libdae-cuda.so needs a driver of the same major version.
bool driver_serves(const CudaProbe& probe) { return probe.driver / 1000 >= probe.runtime / 1000; }

CudaDiagnosis diagnose_module(const CudaFindings& findings) {
  if (!findings.module_built)
    return {CudaCause::not_built, "this program was built without its CUDA device (libdae-cuda.so is not beside it)",
            "build it with -DDAE_CUDA=ON where the CUDA toolkit and cuDNN are"};
  const std::string& error = findings.module_error;
  if (error.find("cannot open shared object file") != std::string::npos)
    return {CudaCause::library_missing, fmt::format("a library that libdae-cuda.so needs is missing: {}", error),
            "install cuDNN 9 and the CUDA 13 libraries, or name their folder in LD_LIBRARY_PATH"};
  if (error.find("undefined symbol") != std::string::npos || error.find("version `") != std::string::npos)
    return {CudaCause::library_missing, fmt::format("a library that libdae-cuda.so needs is too old: {}", error),
            "install cuDNN 9.8 or newer and the CUDA 13 libraries"};
  return {CudaCause::other_build, fmt::format("libdae-cuda.so cannot be used: {}", error),
          "build program and library together"};
}

CudaDiagnosis diagnose_driver(const CudaFindings& findings, const CudaProbe& probe) {
  if (probe.driver == 0 && !probe.error.empty())
    return {CudaCause::driver_failure, fmt::format("the NVIDIA driver does not answer ({})", probe.error),
            "run nvidia-smi to see whether it works"};
  if (probe.driver == 0)
    return {CudaCause::no_driver, "there is no NVIDIA driver (libcuda.so.1 cannot be loaded)",
            "install the NVIDIA driver; in a container, start it with access to the GPUs"};
  if (!driver_serves(probe))
    return {CudaCause::driver_too_old,
            fmt::format("the NVIDIA driver runs CUDA {}, this program needs {}", cuda_version_text(probe.driver),
                        cuda_version_text(probe.runtime)),
            "install driver 580 or newer"};
  if (!probe.gpus.empty()) return {};
  if (findings.gpus_in_machine > 0 && findings.visible_devices)
    return {CudaCause::hidden,
            fmt::format("CUDA_VISIBLE_DEVICES='{}' hides the machine's {} GPU{}", *findings.visible_devices,
                        findings.gpus_in_machine, findings.gpus_in_machine == 1 ? "" : "s"),
            "unset it or name a GPU in it"};
  if (findings.gpus_in_machine > 0)
    return {CudaCause::driver_failure,
            fmt::format("the driver lists {} GPU{} but gives none to this process ({})", findings.gpus_in_machine,
                        findings.gpus_in_machine == 1 ? "" : "s", probe.error),
            "run nvidia-smi; in a container, start it with access to the GPUs"};
  return {CudaCause::no_gpu,
          fmt::format("the driver finds no NVIDIA GPU{}", probe.error.empty() ? "" : " (" + probe.error + ")"),
          "run nvidia-smi to see what the driver finds"};
}

}  // namespace

CudaDiagnosis diagnose(const CudaFindings& findings, int ordinal) {
  if (!findings.probe) return diagnose_module(findings);
  const CudaProbe& probe = *findings.probe;
  if (CudaDiagnosis driver = diagnose_driver(findings, probe); !driver.usable()) return driver;
  const int count = static_cast<int>(probe.gpus.size());
  if (ordinal < 0 || ordinal >= count)
    return {CudaCause::no_such_device, fmt::format("there is no CUDA device {}", ordinal),
            count == 1 ? std::string("the only one is 0") : fmt::format("there are 0 to {}", count - 1)};
  const CudaProbe::Gpu& gpu = probe.gpus[static_cast<std::size_t>(ordinal)];
  if (!gpu.error.empty())
    return {CudaCause::driver_failure, fmt::format("CUDA device {} does not answer ({})", ordinal, gpu.error),
            "run nvidia-smi to see whether it works"};
  if (!gpu.has_kernels)
    return {CudaCause::other_architecture,
            fmt::format("{} has compute capability {}.{}, for which this program holds no code", gpu.name,
                        gpu.architecture / 10, gpu.architecture % 10),
            fmt::format("build it with -DCMAKE_CUDA_ARCHITECTURES={}", gpu.architecture)};
  if (probe.cudnn < kOldestCudnn)
    return {CudaCause::cudnn_too_old,
            fmt::format("cuDNN is {}, this program needs {}", cudnn_version_text(probe.cudnn),
                        cudnn_version_text(kOldestCudnn)),
            "install a newer cuDNN 9, or name its folder in LD_LIBRARY_PATH"};
  return {};
}

std::string CudaModule::cause() const { return diagnose(find_cuda(*this, 0), 0).text(); }

CudaFindings find_cuda(const CudaModule& module, int ordinal) {
  CudaFindings findings;
  findings.module_built = module.built();
  findings.module_error = module.error();
  if (module.usable()) findings.probe = module.probe(ordinal);
  findings.gpus_in_machine = gpus_in_machine();
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) findings.visible_devices = visible;
  if (const char* tf32 = std::getenv("NVIDIA_TF32_OVERRIDE")) findings.tf32_override = tf32;
  return findings;
}

int gpus_in_machine() {
  std::error_code error;
  int count = 0;
  for (std::filesystem::directory_iterator gpu("/proc/driver/nvidia/gpus", error), end; !error && gpu != end;
       gpu.increment(error))
    ++count;
  return count;
}

std::string cuda_version_text(int version) { return fmt::format("{}.{}", version / 1000, version % 1000 / 10); }

std::string cudnn_version_text(std::size_t version) {
  return fmt::format("{}.{}.{}", version / 10000, version % 10000 / 100, version % 100);
}

std::string doctor_text(const CudaFindings& findings, int ordinal) {
  std::string screen;
  const auto line = [&screen](std::string_view what, const std::string& found) {
    screen += fmt::format("{:<18} {}\n", what, found);
  };
  line("CUDA device", !findings.module_built ? "not built" : findings.probe ? "built" : findings.module_error);
  if (findings.probe) {
    const CudaProbe& probe = *findings.probe;
    line("driver", probe.driver == 0 ? "none" : "runs CUDA " + cuda_version_text(probe.driver));
    line("built with CUDA", cuda_version_text(probe.runtime));
    line("cuDNN", cudnn_version_text(probe.cudnn));
    for (std::size_t i = 0; i < probe.gpus.size(); ++i) {
      const CudaProbe::Gpu& gpu = probe.gpus[i];
      if (!gpu.error.empty()) {
        line(fmt::format("GPU {}", i), gpu.name.empty() ? gpu.error : gpu.name + ", " + gpu.error);
        continue;
      }
      line(fmt::format("GPU {}", i),
           fmt::format("{}, compute capability {}.{}, {:.1f} GB{}", gpu.name, gpu.architecture / 10,
                       gpu.architecture % 10, static_cast<double>(gpu.memory) / 1e9,
                       gpu.has_kernels ? "" : ", no code for it in this program"));
    }
  }
  line("GPUs in machine", fmt::format("{}", findings.gpus_in_machine));
  line("visible devices", findings.visible_devices ? "'" + *findings.visible_devices + "'" : "all");
  if (findings.tf32_override)
    line("TF32", fmt::format("NVIDIA_TF32_OVERRIDE={}: the libraries follow it, whatever --precision says",
                             *findings.tf32_override));
  const CudaDiagnosis diagnosis = diagnose(findings, ordinal);
  if (diagnosis.usable())
    screen += fmt::format("\nTraining with --device {} runs on the GPU.\n", ordinal);
  else
    screen += fmt::format("\nTraining does not run on a GPU: {}.\nRemedy: {}.\n", diagnosis.what, diagnosis.remedy);
  return screen;
}

}  // namespace dae
