#include <cstddef>
#include <cstring>

/// \file
/// The functions that clang's -fsanitize=thread calls before each load and store
/// (compiler-rt/lib/tsan/rtl/tsan_interface.h), and memcpy, by which it copies structs: each tells the test, no
/// sanitizer is there. Built into the traced device.
extern "C" {

void count_access(const void* data, std::size_t bytes, bool written);  // traffic_test.cpp

#define ACCESS(bytes)                                                                       \
  void __tsan_read##bytes(const void* data) { count_access(data, bytes, false); }           \
  void __tsan_write##bytes(const void* data) { count_access(data, bytes, true); }           \
  void __tsan_unaligned_read##bytes(const void* data) { count_access(data, bytes, false); } \
  void __tsan_unaligned_write##bytes(const void* data) { count_access(data, bytes, true); }
ACCESS(1)
ACCESS(2)
ACCESS(4)
ACCESS(8)
ACCESS(16)

__attribute__((visibility("hidden"))) void* memcpy(void* to, const void* from, std::size_t bytes) {
  count_access(from, bytes, false);
  count_access(to, bytes, true);
  return std::memmove(to, from, bytes);
}

void __tsan_init() {}
void __tsan_func_entry(const void*) {}
void __tsan_func_exit() {}
void __tsan_atomic_thread_fence(int) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

}  // extern "C"
