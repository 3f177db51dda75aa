#pragma once

#include <driver_types.h>
#include <vector_types.h>

#include <cstdint>
#include <functional>
#include <string>

/// \file
/// Runs kernels: every CUDA thread of a block is a fiber, blocks run one after the other.
namespace cusim {

/// Where the running CUDA thread stands.
struct MemoryKind {
  uint3 thread, block;
  dim3 threads, blocks;
};
extern MemoryKind here;

/// A kernel with its arguments.
struct Kernel {
  std::string name;
  dim3 blocks, threads;
  char *shared_begin, *shared_end;  ///< Memory that the threads of a block share; NaN when a block begins.
  std::function<void()> body;       ///< The work of one thread.
};

/// Enqueues a kernel, as cudaLaunchKernelEx does.
cudaError_t launch_kernel(cudaStream_t stream, Kernel kernel);

/// Runs all blocks now. `order` 0: in order of their numbers; else blocks, and the threads of each, take turns in an
/// order drawn from it. Ends the program at a deadlock, and at a barrier or a warp's exchange that not all threads
/// reach.
void run(const Kernel& kernel, std::uint64_t order);

/// "loss_kernel, block (1,0,0), thread (3,0,0)" while a kernel runs, else empty.
std::string running_thread();

/// __syncthreads. Every thread of the block must come, from the same line of source, whose number is given since the
/// compiler may make several calls of one: what compute-sanitizer's synccheck asks for.
void barrier(int line);

/// All lanes that `mask` names come here, from the same line; returns the bits that lane `source` gave. Orders no
/// memory.
__attribute__((noduplicate)) std::uint64_t exchange(unsigned mask, std::uint64_t bits, int source);

/// The running thread's number in its warp.
int lane();

}  // namespace cusim
