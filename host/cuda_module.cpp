#include "host/cuda_module.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>

namespace dae {

CudaModule load_cuda_module() {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& path : {folder / "libdae-cuda.so", folder / ".." / "lib" / "libdae-cuda.so"}) {
    if (!fs::exists(path, ignored)) continue;
    // Never closed: the driver's threads may outlive every device.
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return CudaModule(fmt::format("{} cannot be loaded: {}", path.string(), dlerror()));
    void* factory = dlsym(library, CudaModule::factory_name);
    if (factory == nullptr)
      return CudaModule(fmt::format("{} is of another version of this program; build both together", path.string()));
    return CudaModule(reinterpret_cast<CudaModule::Factory>(factory));
  }
  return CudaModule("this build has no libdae-cuda.so; configure it with -DDAE_CUDA=ON where the CUDA toolkit is");
}

}  // namespace dae
