#include "host/device/cuda_module.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>

namespace dae {

std::string build_tag() {
  return fmt::format("{}, {}, {}, {} {} {} {}", DAE_VERSION, __VERSION__, DAE_CONTRACT, sizeof(Spec), sizeof(Graph),
                     sizeof(DeviceOptions), sizeof(Metrics));
}

CudaModule load_cuda_module() {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& path : {folder / "libdae-cuda.so", folder / ".." / "lib" / "libdae-cuda.so"}) {
    if (!fs::exists(path, ignored)) continue;
    // Never closed: the driver's threads may outlive every device.
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return {true, dlerror()};
    void* function = dlsym(library, kCudaModuleFunction);
    const CudaModuleTable* table = function != nullptr ? reinterpret_cast<CudaModuleFunction>(function)() : nullptr;
    if (table == nullptr || table->build != build_tag())
      return {true, fmt::format("{} is of another build of this program", path.string())};
    return CudaModule(*table);
  }
  return {false, "there is no libdae-cuda.so"};
}

}  // namespace dae
