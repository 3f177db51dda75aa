#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

namespace dae::cpu {

/// Zeroed floats at a cache line, rounded up to whole cache lines and one more, so that kernels may read and write
/// whole registers at the end. Throws std::bad_alloc.
class AlignedFloats {
 public:
  static constexpr std::size_t alignment = 64;

  AlignedFloats() = default;
  explicit AlignedFloats(std::size_t count) : data_(allocate(padded(count))), size_(count) {
    std::memset(data_.get(), 0, padded(count) * sizeof(float));
  }

  [[nodiscard]] float* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }

  /// `count` rounded up to whole cache lines.
  static constexpr std::size_t whole_lines(std::size_t count) {
    constexpr std::size_t line = alignment / sizeof(float);
    return (count + line - 1) / line * line;
  }

 private:
  static constexpr std::size_t padded(std::size_t count) { return whole_lines(count) + alignment / sizeof(float); }
  static float* allocate(std::size_t count) {
    return static_cast<float*>(::operator new (count * sizeof(float), std::align_val_t{alignment}));
  }
  struct Free {
    void operator()(float* p) const { ::operator delete (p, std::align_val_t{alignment}); }
  };

  std::unique_ptr<float, Free> data_;
  std::size_t size_ = 0;
};

}  // namespace dae::cpu
