#include "host/cpu/kernels/table.hpp"

#include "host/cpu/kernels/vec.hpp"

namespace dae::cpu::DAE_ISA {

double fma_rounds(std::int64_t rounds) {
  // Twelve chains hide the latency of an FMA on two ports and fit into 16 registers.
  constexpr int chains = 12;
  Vec sum[chains];
  DAE_UNROLL
  for (int i = 0; i < chains; ++i) sum[i] = splat(static_cast<float>(i));
  Vec factor = splat(0.5f), term = splat(0.25f);
  for (std::int64_t round = 0; round < rounds; ++round) {
    DAE_UNROLL
    for (int i = 0; i < chains; ++i) sum[i] = sum[i] * factor + term;
    // The compiler must take the factor for changed, or it would compute the series in advance.
    asm volatile("" : "+m"(factor));
  }
  Vec all = {};
  DAE_UNROLL
  for (int i = 0; i < chains; ++i) all += sum[i];
  asm volatile("" : : "m"(all));
  return 2.0 * chains * lanes * static_cast<double>(rounds);
}

}  // namespace dae::cpu::DAE_ISA
