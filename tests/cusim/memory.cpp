#include "tests/cusim/memory.hpp"

#include <cuda_runtime_api.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>

#include "tests/cusim/runtime.hpp"
#include "tests/cusim/stream.hpp"

// AddressSanitizer's; null where it is not.
extern "C" {
__attribute__((weak)) void __asan_poison_memory_region(const volatile void* begin, std::size_t bytes);
__attribute__((weak)) void __asan_unpoison_memory_region(const volatile void* begin, std::size_t bytes);
}

namespace cusim {
namespace {

constexpr std::size_t kPage = 4096, kAlign = 256;  // cudaMalloc aligns to 256 bytes at least

std::size_t rounded(std::size_t bytes, std::size_t to) { return (bytes + to - 1) / to * to; }

/// Pages with one on each side that nobody may touch; the allocation's end lies at the last one.
struct Allocation {
  char* pages = nullptr;
  std::size_t page_bytes = 0, bytes = 0;
  bool mapped = false;  // pinned memory that the device may touch
};

std::map<char*, Allocation> device, pinned;
std::size_t used = 0;
int open = 0;

void protect(int how) {
  for (const auto& [begin, each] : device) mprotect(each.pages, each.page_bytes, how);
}

const std::pair<char* const, Allocation>* find(const std::map<char*, Allocation>& all, const void* data) {
  auto next = all.upper_bound(static_cast<char*>(const_cast<void*>(data)));
  if (next == all.begin()) return nullptr;
  --next;
  return static_cast<const char*>(data) < next->first + next->second.bytes ? &*next : nullptr;
}

[[noreturn]] void on_fault(int, siginfo_t* info, void*) {
  // x86 raises it for an aligned vector instruction at another address; the kernel gives no address then.
  if (info->si_code == SI_KERNEL) bug("a vector load or store that is not aligned");
  const auto* at = static_cast<const char*>(info->si_addr);
  for (const auto* all : {&device, &pinned})
    for (const auto& [begin, each] : *all)
      if (at >= each.pages - kPage && at < each.pages + each.page_bytes + kPage) {
        if (on_device()) bug("work on the device touches memory beyond an allocation");
        bug(open > 0 || all == &pinned ? "memory beyond an allocation is touched" : "the host touches device memory");
      }
  bug("memory that does not exist is touched: freed on the device, or a host pointer gone wrong");
}

void watch_faults() {
  static const bool once = [] {
    // On a stack of its own: a fiber's may be what overflowed. AddressSanitizer brings one, and wants it back.
    static char stack[1 << 16];
    const stack_t alternative = {.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof stack};
    stack_t present = {};
    sigaltstack(nullptr, &present);
    if ((present.ss_flags & SS_DISABLE) != 0) sigaltstack(&alternative, nullptr);
    struct sigaction action = {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGSEGV, &action, nullptr);
    sigaction(SIGBUS, &action, nullptr);
    return true;
  }();
  static_cast<void>(once);
}

char* allocate(std::map<char*, Allocation>& all, std::size_t bytes, bool mapped) {
  watch_faults();
  const std::size_t body = rounded(bytes, kAlign), page_bytes = rounded(body, kPage);
  void* map = mmap(nullptr, page_bytes + 2 * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (map == MAP_FAILED) return nullptr;
  char* pages = static_cast<char*>(map) + kPage;
  char* begin = pages + page_bytes - body;
  mprotect(pages, page_bytes, PROT_READ | PROT_WRITE);
  // NaN: nothing is zero by itself. Of workspaces of many megabytes the ends are enough: touching them all takes long.
  constexpr std::size_t kMost = std::size_t{256} << 10;
  std::memset(pages, 0xFF, std::min(page_bytes, kMost));
  std::memset(pages + page_bytes - std::min(page_bytes, kMost), 0xFF, std::min(page_bytes, kMost));
  if (__asan_poison_memory_region != nullptr) {
    __asan_poison_memory_region(pages, page_bytes);
    __asan_unpoison_memory_region(begin, bytes);
  }
  all[begin] = {pages, page_bytes, bytes, mapped};
  return begin;
}

cudaError_t make(const char* call, std::map<char*, Allocation>& all, void** data, std::size_t bytes, bool mapped) {
  CUSIM_CALL(call);
  if (const cudaError_t error = unsafe_in_capture()) return error;
  *data = nullptr;
  if (bytes == 0) return cudaSuccess;
  const bool on_device = &all == &device;
  if (!on_device || used + bytes <= gpu().memory) *data = allocate(all, bytes, mapped);
  if (*data == nullptr) return failed(cudaErrorMemoryAllocation);
  count_object(on_device ? "device memory" : "pinned memory", 1);
  if (!on_device) return cudaSuccess;
  used += bytes;
  const Allocation& made = all.at(static_cast<char*>(*data));
  mprotect(made.pages, made.page_bytes, PROT_NONE);
  return cudaSuccess;
}

cudaError_t give_back(const char* call, std::map<char*, Allocation>& all, void* data) {
  CUSIM_CALL(call);
  if (data == nullptr) return cudaSuccess;
  const auto which = all.find(static_cast<char*>(data));
  if (which == all.end()) return failed(cudaErrorInvalidValue);
  if (const cudaError_t error = unsafe_in_capture()) return error;
  const Allocation each = which->second;
  all.erase(which);
  if (__asan_unpoison_memory_region != nullptr) __asan_unpoison_memory_region(each.pages, each.page_bytes);
  munmap(each.pages - kPage, each.page_bytes + 2 * kPage);
  const bool on_device = &all == &device;
  if (on_device) used -= each.bytes;
  count_object(on_device ? "device memory" : "pinned memory", -1);
  return cudaSuccess;
}

}  // namespace

DeviceOpen::DeviceOpen() {
  if (open++ == 0) protect(PROT_READ | PROT_WRITE);
}

DeviceOpen::~DeviceOpen() {
  if (--open == 0) protect(PROT_NONE);
}

Home home_of(const void* data, std::size_t bytes) {
  for (const auto* all : {&device, &pinned})
    if (const auto* found = find(*all, data)) {
      if (static_cast<const char*>(data) + bytes > found->first + found->second.bytes)
        bug(fmt::format("{} bytes leave an allocation of {}", bytes, found->second.bytes));
      return all == &device ? Home::device : Home::pinned;
    }
  return Home::unknown;
}

void require_device_memory(const void* data, std::size_t bytes, std::size_t alignment, const std::string& what) {
  const Home home = home_of(data, bytes);
  const bool reachable = home == Home::device || (home == Home::pinned && find(pinned, data)->second.mapped);
  if (!reachable) bug(fmt::format("{} does not lie in the device's memory", what));
  if (reinterpret_cast<std::uintptr_t>(data) % alignment != 0)
    bug(fmt::format("{} does not begin at a multiple of {}", what, alignment));
}

}  // namespace cusim

extern "C" {

cudaError_t cudaMalloc(void** data, std::size_t bytes) {
  return cusim::make("cudaMalloc", cusim::device, data, bytes, false);
}

/// "may perform implicit synchronization", says cuda_runtime_api.h: here it never does.
cudaError_t cudaFree(void* data) { return cusim::give_back("cudaFree", cusim::device, data); }

cudaError_t cudaHostAlloc(void** data, std::size_t bytes, unsigned flags) {
  return cusim::make("cudaHostAlloc", cusim::pinned, data, bytes, (flags & cudaHostAllocMapped) != 0);
}

cudaError_t cudaFreeHost(void* data) { return cusim::give_back("cudaFreeHost", cusim::pinned, data); }

cudaError_t cudaHostGetDevicePointer(void** on_device, void* data, unsigned flags) {
  CUSIM_CALL("cudaHostGetDevicePointer");
  const auto which = cusim::pinned.find(static_cast<char*>(data));
  if (flags != 0 || which == cusim::pinned.end() || !which->second.mapped) return cusim::failed(cudaErrorInvalidValue);
  *on_device = data;  // one address space, as on every 64-bit system
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  CUSIM_CALL("cudaMemGetInfo");
  *total = cusim::gpu().memory;
  *free = *total - std::min(*total, cusim::used);
  return cudaSuccess;
}

}  // extern "C"
