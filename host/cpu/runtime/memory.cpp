#include "host/cpu/runtime/memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace dae::cpu {

std::size_t available_memory() {
  const auto pages = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES));
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  std::size_t bytes = pages * page;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/sys/fs/cgroup/memory.max", "r"), std::fclose);
  unsigned long long limit = 0;  // the file says "max" where there is none
  if (file != nullptr && std::fscanf(file.get(), "%llu", &limit) == 1)
    bytes = std::min(bytes, static_cast<std::size_t>(limit));
  return bytes;
}

}  // namespace dae::cpu
