#include <driver_types.h>

#include <functional>
#include <set>

#include "dae/error.hpp"
#include "host/device/cuda_diagnosis.hpp"
#include "tests/cusim/tests/simulation.hpp"
#include "tests/support/catch.hpp"

using namespace dae;
using namespace dae::test;

namespace {

/// Why `--device 0` is refused; empty when it is not.
std::string refusal() {
  try {
    open_device("0");
  } catch (const DeviceError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a GPU is refused as doctor says, whatever keeps it from the GPU, and auto says it too",
          "[cusim][cuda_diagnosis]") {
  const cusim::Gpu before = cusim::gpu();
  struct Case {
    const char* cause;
    std::function<void()> bring_about;
  };
  for (const Case& c :
       {Case{"there is no NVIDIA driver", [] { cusim::gpu().driver = 0; }},
        Case{"the NVIDIA driver runs CUDA 12.4, this program needs 13.", [] { cusim::gpu().driver = 12040; }},
        Case{"the driver finds no NVIDIA GPU (cudaGetDeviceCount: ",
             [] { cusim::fail_call("cudaGetDeviceCount", 1, cudaErrorNoDevice); }},
        Case{"has compute capability 9.0, for which this program holds no code",
             [] { cusim::fail_call("cudaFuncGetAttributes", 1, cudaErrorNoKernelImageForDevice); }}}) {
    CAPTURE(c.cause);
    c.bring_about();
    const CudaDiagnosis found = diagnose(find_cuda(load_cuda_module(), 0), 0);
    CHECK_THAT(found.what, ContainsSubstring(c.cause));
    c.bring_about();
    CHECK_THAT(refusal(), ContainsSubstring("CUDA device 0 cannot be used: " + found.text()));
    std::string said;
    c.bring_about();
    open_device("auto", {.threads = 1, .say = [&](std::string_view line) { said = line; }});
    CHECK_THAT(said, ContainsSubstring("Device: CPU") && ContainsSubstring(found.text()));
    cusim::gpu() = before;
    cusim::fail_call("", 0, 0);
  }
  CHECK(refusal().empty());
  CHECK_THROWS_WITH(open_device("7"), ContainsSubstring("there is no CUDA device 7; the only one is 0"));
}

TEST_CASE("of several GPUs only the one that is asked for gets a context", "[cusim][cuda_diagnosis]") {
  const Restored restored;
  cusim::gpu().count = 3;
  for (const int ordinal : {0, 2}) {
    CAPTURE(ordinal);
    cusim::reset_counts();
    const CudaFindings found = find_cuda(load_cuda_module(), ordinal);
    CHECK(diagnose(found, ordinal).usable());
    CHECK(cusim::counts().contexts == std::set{ordinal});
    REQUIRE(found.probe->gpus.size() == 3);
    cusim::reset_counts();
    open_device(std::to_string(ordinal));
    CHECK(cusim::counts().contexts == std::set{ordinal});
  }
  // The simulator's kernels are built for compute capability 9.0, as PTX too.
  for (const auto& [architecture, has_kernels] : {std::pair{86, false}, {90, true}, {100, true}}) {
    cusim::gpu().architecture = architecture;
    CHECK(find_cuda(load_cuda_module(), 0).probe->gpus[1].has_kernels == has_kernels);
  }
}
