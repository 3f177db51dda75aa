#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace dae {

/// The answers that libdae-cuda.so got from the driver. Plain data, so that every finding can be made up by a test.
struct CudaProbe {
  /// One GPU that this process may use.
  struct Gpu {
    std::string name;
    int architecture = 0;     ///< 90 for compute capability 9.0.
    std::size_t memory = 0;   ///< Bytes in all.
    bool has_kernels = true;  ///< libdae-cuda.so holds code for it.
    std::string error = {};   ///< The call that it did not answer: name, number and text.
  };

  int driver = 0;         ///< The newest CUDA that the driver runs, 13000 for 13.0; 0: there is no driver.
  int runtime = 0;        ///< The CUDA that libdae-cuda.so is built with.
  std::size_t cudnn = 0;  ///< cuDNN's version, 91900 for 9.19.0.
  std::vector<Gpu> gpus;
  std::string error;  ///< The same of the call that asks the driver or counts GPUs; empty when all succeeded.
};

}  // namespace dae
