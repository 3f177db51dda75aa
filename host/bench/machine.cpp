#include "host/bench/machine.hpp"

#include <malloc.h>

#include <fstream>
#include <string>
#include <vector>

namespace dae {
namespace {

/// A line of /proc/self/status such as "VmRSS:  1234 kB", in bytes.
std::size_t from_status(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;) {
    std::size_t kilobytes = 0;
    if (word == key && file >> kilobytes) return kilobytes << 10;
  }
  return 0;
}

}  // namespace

double fma_peak(const cpu::Kernels& kernels, cpu::ThreadPool& threads) {
  constexpr std::int64_t rounds = 2'000'000;  // about 10 ms
  double flops = 0;
  const double time = seconds([&] {
    threads.run(threads.size(), [&](int job, int) {
      const double done = kernels.fma_rounds(rounds);
      if (job == 0) flops = done * threads.size();
    });
  });
  return flops / time;
}

double memory_rate(cpu::ThreadPool& threads) {
  constexpr std::size_t count = std::size_t{8} << 20;
  const auto parts = static_cast<std::size_t>(threads.size());
  std::vector<std::vector<float>> from(parts, std::vector<float>(count, 1.0f)), to = from;
  const double time = seconds_each([&] {
    threads.run(threads.size(), [&](int job, int) {
      const float* const read = from[static_cast<std::size_t>(job)].data();
      float* const written = to[static_cast<std::size_t>(job)].data();
      for (std::size_t i = 0; i < count; ++i) written[i] += read[i];
    });
  });
  return 3 * sizeof(float) * static_cast<double>(count * parts) / time;
}

std::size_t resident() { return from_status("VmRSS:"); }

std::size_t resident_peak() { return from_status("VmHWM:"); }

void forget_resident_peak() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << 5;
}

}  // namespace dae
