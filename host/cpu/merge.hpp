#pragma once

#include "host/cpu/stage.hpp"

namespace dae::cpu {

/// Add of any number of inputs, or Subtract of two.
class SumStage final : public Stage {
 public:
  SumStage(const Wiring& wiring, float sign) : Stage(wiring), sign_(sign) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  [[nodiscard]] float sign(std::size_t input) const { return input == 0 ? 1.0f : sign_; }
  float sign_;  // of every input but the first
};

class ConcatStage final : public Stage {
 public:
  explicit ConcatStage(const Wiring& wiring) : Stage(wiring) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;
};

}  // namespace dae::cpu
