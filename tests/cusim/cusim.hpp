#pragma once

/// \file
/// CUDA C++ for a CPU compiler: what cuda/kernels/launch.cuh includes instead of cuda_runtime.h where nvcc does not
/// compile. Kernels are ordinary functions that engine.cpp calls once for each CUDA thread. Build with clang: g++ 12
/// ignores the section of a __shared__ variable in a template.
#include <cuda_runtime.h>
#undef __host__
#undef __device__
#undef __global__
#define __host__
#define __device__
#define __global__
#undef __grid_constant__
#define __grid_constant__
#undef __launch_bounds__
#define __launch_bounds__(...)
// Blocks run one after the other, so that one copy serves them all; the engine fills this section with NaN before each.
#undef __shared__
#define __shared__ static __attribute__((section("cusim_shared")))

#include <math.h>  // the global namespace is where CUDA has its functions

#include <cstdint>
#include <cstring>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "tests/cusim/engine.hpp"

/// The list of architectures, as nvcc defines it.
#define __CUDA_ARCH_LIST__ 900

#define threadIdx (::cusim::here.thread)
#define blockIdx (::cusim::here.block)
#define blockDim (::cusim::here.threads)
#define gridDim (::cusim::here.blocks)

extern "C" {
/// The linker's names for the ends of the section, in the library that the kernel lies in.
extern char __start_cusim_shared[] __attribute__((weak, visibility("hidden")));
extern char __stop_cusim_shared[] __attribute__((weak, visibility("hidden")));
}

namespace cusim {

/// The fake of cudaLaunchKernelEx. The arguments are copied at once, as the driver does.
template <class... P, class... A>
cudaError_t launch(const char* name, dim3 blocks, dim3 threads, cudaStream_t stream, void (*kernel)(P...),
                   A&&... arguments) {
  std::tuple<std::decay_t<P>...> copies(std::forward<A>(arguments)...);
  return launch_kernel(stream, {name, blocks, threads, __start_cusim_shared, __stop_cusim_shared,
                                [kernel, copies] { std::apply(kernel, copies); }});
}

template <class T>
T from_lane(unsigned mask, T value, int lane) {
  static_assert(sizeof(T) <= sizeof(std::uint64_t));
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  bits = exchange(mask, bits, lane);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace cusim

// Inlined, so that the engine sees which line of a kernel it is called from.
#define CUSIM_INLINE inline __attribute__((always_inline))

CUSIM_INLINE void __syncthreads(int line = __builtin_LINE()) { cusim::barrier(line); }
template <class T>
CUSIM_INLINE T __shfl_down_sync(unsigned mask, T value, unsigned delta) {
  const int lane = cusim::lane(), source = lane + static_cast<int>(delta);
  return cusim::from_lane(mask, value, source < 32 ? source : lane);
}
template <class T>
CUSIM_INLINE T __shfl_xor_sync(unsigned mask, T value, int bits) {
  return cusim::from_lane(mask, value, cusim::lane() ^ bits);
}

inline float atomicAdd(float* to, float value) {
  float old = 0, sum = 0;
  __atomic_load(to, &old, __ATOMIC_RELAXED);
  do sum = old + value;
  while (!__atomic_compare_exchange(to, &old, &sum, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  return old;
}

inline void sincospif(float x, float* sine, float* cosine) {
  constexpr double kPi = 3.14159265358979323846;
  *sine = static_cast<float>(std::sin(kPi * static_cast<double>(x)));
  *cosine = static_cast<float>(std::cos(kPi * static_cast<double>(x)));
}
inline void sincospi(double x, double* sine, double* cosine) {
  constexpr double kPi = 3.14159265358979323846;
  *sine = std::sin(kPi * x);
  *cosine = std::cos(kPi * x);
}
inline unsigned __float_as_uint(float x) {
  unsigned bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}
