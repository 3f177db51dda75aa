#pragma once

#include "host/cpu/stages/stage.hpp"

namespace dae::cpu {

/// Add of any number of inputs, or Subtract of two.
class SumStage final : public Stage {
 public:
  SumStage(const StageSpec& spec, float sign) : Stage(spec), sign_(sign) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;

 private:
  [[nodiscard]] float sign(std::size_t input) const { return input == 0 ? 1.0f : sign_; }
  float sign_;  // of every input but the first
};

class ConcatStage final : public Stage {
 public:
  explicit ConcatStage(const StageSpec& spec) : Stage(spec) {}
  void forward(const Block&) const override;
  void backward(const Block&) const override;
};

}  // namespace dae::cpu
