#pragma once

#include <driver_types.h>

#include <cstddef>
#include <span>
#include <utility>

namespace dae::cuda {

/// Where a Memory lies. mapped: pinned host memory that the device reads and writes over the bus.
enum class MemoryKind { device, pinned, mapped };

/// Owns bytes on the device or page-locked bytes on the host. Move-only; throws MemoryError.
class RawMemory {
 public:
  RawMemory() = default;
  RawMemory(MemoryKind place, std::size_t bytes);
  RawMemory(RawMemory&& other) noexcept;
  RawMemory& operator=(RawMemory&& other) noexcept;
  ~RawMemory();

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// As the host addresses it; for MemoryKind::device only the device may follow the pointer.
  [[nodiscard]] void* get() const { return data_; }
  /// As the device addresses it; device and mapped memory only.
  [[nodiscard]] void* on_device() const { return device_; }

 private:
  MemoryKind place_ = MemoryKind::device;
  std::size_t bytes_ = 0;
  void* data_ = nullptr;
  void* device_ = nullptr;
};

/// `count` objects of T.
template <class T>
class Memory {
 public:
  Memory() = default;
  Memory(MemoryKind place, std::size_t count) : raw_(place, count * sizeof(T)) {}

  [[nodiscard]] std::size_t size() const { return raw_.bytes() / sizeof(T); }
  [[nodiscard]] T* get() const { return static_cast<T*>(raw_.get()); }
  [[nodiscard]] T* on_device() const { return static_cast<T*>(raw_.on_device()); }
  [[nodiscard]] std::span<T> host() const { return {get(), size()}; }

 private:
  RawMemory raw_;
};

/// Enqueue copies. Host memory is theirs until the stream has been waited for: of pageable memory CUDA says only that a
/// copy "might be synchronous", and where the device reads the host's page tables it is not.
void copy_to_device(void* to, const void* from, std::size_t bytes, cudaStream_t stream);
void copy_to_host(void* to, const void* from, std::size_t bytes, cudaStream_t stream);
void copy_on_device(void* to, const void* from, std::size_t bytes, cudaStream_t stream);
void clear(void* to, std::size_t bytes, cudaStream_t stream);

}  // namespace dae::cuda
