#pragma once

#include <span>
#include <string_view>

#include "host/cpu/kernels/kernels.hpp"

namespace dae::cpu {

/// An instruction set that the kernels are compiled for.
struct Isa {
  std::string_view name;     ///< For DAE_CPU_ISA: "avx512", "avx2", "baseline".
  std::string_view spelled;  ///< For people: "AVX-512".
  const Kernels* kernels;
};

/// The sets that this build holds and this processor and operating system can run, widest first; never empty.
std::span<const Isa> usable_isas();

/// The first of usable_isas(), or the one that the environment variable DAE_CPU_ISA names. Throws UsageError for a name
/// that is unknown and DeviceError for one that cannot run here.
const Isa& chosen_isa();

}  // namespace dae::cpu
