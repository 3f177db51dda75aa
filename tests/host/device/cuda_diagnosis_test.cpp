#include "host/device/cuda_diagnosis.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

using namespace dae;

namespace {

/// A machine on which everything is in order.
CudaFindings good() {
  CudaFindings findings;
  findings.probe = CudaProbe{.driver = 13000,
                             .runtime = 13000,
                             .cudnn = 91900,
                             .gpus = {{"NVIDIA H100 PCIe", 90, std::size_t{80} << 30, true}},
                             .error = ""};
  findings.gpus_in_machine = 1;
  return findings;
}

struct Case {
  const char* name;
  void (*spoil)(CudaFindings&);
  CudaCause cause;
  const char* what;    // a part of what the user reads
  const char* remedy;  // likewise
};

void no_probe(CudaFindings& f, const char* error) {
  f.probe.reset();
  f.module_error = error;
}

const Case kCases[] = {
    {"not built", [](CudaFindings& f) { no_probe(f, ""), f.module_built = false; }, CudaCause::not_built,
     "without its CUDA device", "-DDAE_CUDA=ON"},
    {"cuDNN missing",
     [](CudaFindings& f) { no_probe(f, "libcudnn.so.9: cannot open shared object file: No such file or directory"); },
     CudaCause::library_missing, "libcudnn.so.9", "LD_LIBRARY_PATH"},
    {"library without a symbol", [](CudaFindings& f) { no_probe(f, "libcudnn.so.9: undefined symbol: cudnnX"); },
     CudaCause::library_missing, "too old", "9.8"},
    {"another build", [](CudaFindings& f) { no_probe(f, "libdae-cuda.so is of another build of this program"); },
     CudaCause::other_build, "another build", "together"},
    {"no driver", [](CudaFindings& f) { f.probe->driver = 0, f.probe->gpus.clear(); }, CudaCause::no_driver,
     "no NVIDIA driver", "install"},
    {"driver silent",
     [](CudaFindings& f) {
       f.probe->driver = 0, f.probe->gpus.clear();
       f.probe->error = "cudaDriverGetVersion: reason";
     },
     CudaCause::driver_failure, "does not answer (cudaDriverGetVersion: reason)", "nvidia-smi"},
    {"GPU silent", [](CudaFindings& f) { f.probe->gpus[0] = {.name = {}, .error = "cudaGetDeviceProperties: reason"}; },
     CudaCause::driver_failure, "CUDA device 0 does not answer (cudaGetDeviceProperties: reason)", "nvidia-smi"},
    {"driver too old",
     [](CudaFindings& f) {
       f.probe->driver = 12040, f.probe->gpus.clear();
       f.probe->error = "cudaGetDeviceCount: cudaErrorInsufficientDriver (35): too old";
     },
     CudaCause::driver_too_old, "CUDA 12.4, this program needs 13.0", "580"},
    {"no GPU", [](CudaFindings& f) { f.probe->gpus.clear(), f.gpus_in_machine = 0; }, CudaCause::no_gpu,
     "no NVIDIA GPU", "nvidia-smi"},
    {"hidden", [](CudaFindings& f) { f.probe->gpus.clear(), f.visible_devices = ""; }, CudaCause::hidden,
     "CUDA_VISIBLE_DEVICES=''", "unset"},
    {"listed, but not given", [](CudaFindings& f) { f.probe->gpus.clear(), f.probe->error = "reason"; },
     CudaCause::driver_failure, "reason", "nvidia-smi"},
    {"architecture", [](CudaFindings& f) { f.probe->gpus[0].has_kernels = false; }, CudaCause::other_architecture,
     "9.0", "-DCMAKE_CUDA_ARCHITECTURES=90"},
    {"cuDNN too old", [](CudaFindings& f) { f.probe->cudnn = 90701; }, CudaCause::cudnn_too_old,
     "cuDNN is 9.7.1, this program needs 9.8.0", "newer cuDNN"},
};

}  // namespace

TEST_CASE("a machine in order has no cause", "[cuda_diagnosis]") {
  CHECK(diagnose(good(), 0).usable());
  CHECK_THAT(doctor_text(good(), 0), ContainsSubstring("NVIDIA H100 PCIe") && ContainsSubstring("9.19.0") &&
                                         ContainsSubstring("runs on the GPU"));
}

TEST_CASE("every cause that keeps a GPU from training is told apart, with a remedy", "[cuda_diagnosis]") {
  for (const Case& c : kCases) {
    CAPTURE(c.name);
    CudaFindings findings = good();
    c.spoil(findings);
    const CudaDiagnosis found = diagnose(findings, 0);
    CHECK(found.cause == c.cause);
    CHECK_THAT(found.what, ContainsSubstring(c.what));
    CHECK_THAT(found.remedy, ContainsSubstring(c.remedy));
    CHECK_THAT(doctor_text(findings, 0), ContainsSubstring("does not run on a GPU") && ContainsSubstring(c.remedy));
    const std::string screen = doctor_text(findings, 0);
    CHECK(std::count(screen.begin(), screen.end(), '\n') <= 24);
  }
}

TEST_CASE("a device number beyond the machine's names those that are there", "[cuda_diagnosis]") {
  CHECK(diagnose(good(), 99).cause == CudaCause::no_such_device);
  CHECK(diagnose(good(), -1).cause == CudaCause::no_such_device);
  CHECK_THAT(diagnose(good(), 99).text(), ContainsSubstring("no CUDA device 99") && ContainsSubstring("only one is 0"));
  CudaFindings two = good();
  two.probe->gpus.push_back(two.probe->gpus[0]);
  CHECK(diagnose(two, 1).usable());
  CHECK_THAT(diagnose(two, 2).text(), ContainsSubstring("0 to 1"));
}

TEST_CASE("a hidden GPU that is still visible in part is no cause", "[cuda_diagnosis]") {
  CudaFindings findings = good();
  findings.gpus_in_machine = 4;
  findings.visible_devices = "2";
  CHECK(diagnose(findings, 0).usable());
}

TEST_CASE("an override of TF32 is reported, and is no cause", "[cuda_diagnosis]") {
  CudaFindings findings = good();
  CHECK(doctor_text(findings, 0).find("TF32") == std::string::npos);
  findings.tf32_override = "0";
  CHECK_THAT(doctor_text(findings, 0),
             ContainsSubstring("NVIDIA_TF32_OVERRIDE=0") && ContainsSubstring("runs on the GPU"));
}

TEST_CASE("find_cuda reports a machine as it is", "[cuda_diagnosis]") {
  const CudaFindings findings = find_cuda(CudaModule(false, "there is no libdae-cuda.so"), 0);
  CHECK(!findings.probe);
  CHECK(diagnose(findings, 0).cause == CudaCause::not_built);
}
