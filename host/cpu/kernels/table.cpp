#include "host/cpu/kernels/table.hpp"
#include "host/cpu/kernels/vec.hpp"
#include "host/cpu/kernels/winograd.hpp"

namespace dae::cpu::DAE_ISA {

const Kernels& kernels();
const Kernels& kernels() {
  static constexpr Kernels table = {
      .lanes = lanes,
      .winograd2 = &winograd2,
      .winograd4 = &winograd4,
#define KERNEL(result, name, parameters) .name = name,
#include "host/cpu/kernels/kernels.inc"
#undef KERNEL
  };
  return table;
}

}  // namespace dae::cpu::DAE_ISA
