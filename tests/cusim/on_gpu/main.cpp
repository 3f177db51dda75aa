#include <cuda_runtime_api.h>

#include <cstdio>
#include <string>

#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

/// \file
/// Runs the tests of tests/cusim/documented/ where a GPU is. Elsewhere it ends with 77, which ctest takes for
/// "skipped".
namespace {

/// Why nothing can be run here; empty when a GPU can be used.
std::string obstacle() {
  int count = 0;
  cudaError_t error = cudaGetDeviceCount(&count);
  if (error == cudaSuccess && count > 0) error = cudaFree(nullptr);  // makes the context of device 0
  return error == cudaSuccess && count > 0 ? ""
                                           : std::string(cudaGetErrorName(error)) + ": " + cudaGetErrorString(error);
}

}  // namespace

int main(int argc, char** argv) {
  if (const std::string reason = obstacle(); !reason.empty()) {
    std::printf("skipped: there is no GPU that can be used: %s\n", reason.c_str());
    return 77;
  }
  return Catch::Session().run(argc, argv);
}
