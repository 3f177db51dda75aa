#pragma once

#include <cstddef>

#include "host/cpu/runtime/isa.hpp"
#include "host/cpu/runtime/thread_pool.hpp"

/// \file
/// The most that the machine can do, and the memory that this process takes.
namespace dae {

/// FMA rate of all threads at once, in FLOP/s.
double fma_peak(const cpu::Kernels& kernels, cpu::ThreadPool& threads);

/// Bytes read and written a second when all threads add arrays to others, 64 MB each thread in all.
double memory_rate(cpu::ThreadPool& threads);

/// Bytes that this process holds in memory.
std::size_t resident();

/// The most that it held since the last call of forget_resident_peak, or since its start where the system does not let
/// that be forgotten.
std::size_t resident_peak();

/// Gives free memory back to the system and forgets the peak.
void forget_resident_peak();

}  // namespace dae
