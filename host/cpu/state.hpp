#pragma once

#include <cstdint>

#include "dae/device.hpp"
#include "host/cpu/runtime/aligned_floats.hpp"

namespace dae::cpu {

class CpuState final : public State {
 public:
  explicit CpuState(std::size_t parameters);

  void read(std::span<float> weights, std::span<float> moments) const override;
  void write(std::span<const float> weights, std::span<const float> moments, std::uint64_t step) override;
  void read_average(std::span<float> average) const override;
  void write_average(std::span<const float> average) override;
  [[nodiscard]] std::uint64_t step() const override { return step_; }

  [[nodiscard]] std::size_t size() const { return weights_.size(); }
  [[nodiscard]] float* weights() const { return weights_.data(); }
  [[nodiscard]] float* m() const { return m_.data(); }
  [[nodiscard]] float* v() const { return v_.data(); }
  [[nodiscard]] float* average() const { return average_.data(); }

  /// Changes whenever the weights do, and no two states of a process ever have the same: it tells a program whether
  /// what it packed is still true.
  [[nodiscard]] std::uint64_t version() const { return version_; }
  /// The optimizer has written weights and moments.
  void stepped();

 private:
  AlignedFloats weights_, m_, v_, average_;
  std::uint64_t step_ = 0, version_;
};

}  // namespace dae::cpu
