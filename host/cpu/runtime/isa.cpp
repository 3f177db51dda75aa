#include "host/cpu/runtime/isa.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "dae/error.hpp"

namespace dae::cpu {

namespace baseline {
const Kernels& kernels();
}
#if defined(__x86_64__)
namespace avx2 {
const Kernels& kernels();
}
namespace avx512 {
const Kernels& kernels();
}
#endif

namespace {

constexpr std::array<std::string_view, 3> known = {"avx512", "avx2", "baseline"};

std::vector<Isa> detect() {
  std::vector<Isa> found;
#if defined(__x86_64__)
  // The builtin asks the operating system too whether it saves the wide registers.
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma"))
    found.push_back({"avx512", "AVX-512", &avx512::kernels()});
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    found.push_back({"avx2", "AVX2", &avx2::kernels()});
  found.push_back({"baseline", "SSE2", &baseline::kernels()});
#else
  found.push_back({"baseline", "NEON", &baseline::kernels()});
#endif
  return found;
}

}  // namespace

std::span<const Isa> usable_isas() {
  static const std::vector<Isa> isas = detect();
  return isas;
}

const Isa& chosen_isa() {
  const std::span<const Isa> usable = usable_isas();
  const char* wanted = std::getenv("DAE_CPU_ISA");
  if (wanted == nullptr || *wanted == '\0') return usable.front();
  if (std::ranges::find(known, std::string_view(wanted)) == known.end())
    throw UsageError(fmt::format("DAE_CPU_ISA: unknown instruction set; use one of {}", fmt::join(known, ", ")));
  const auto isa = std::ranges::find(usable, std::string_view(wanted), &Isa::name);
  if (isa == usable.end())
    throw DeviceError(fmt::format("DAE_CPU_ISA={}: this processor or build cannot run it; unset it to use {}", wanted,
                                  usable.front().name));
  return *isa;
}

}  // namespace dae::cpu
