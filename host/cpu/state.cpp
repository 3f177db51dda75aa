#include "host/cpu/state.hpp"

#include <algorithm>
#include <atomic>

#include "host/graph/call_checks.hpp"

namespace dae::cpu {
namespace {

std::uint64_t next_version() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

CpuState::CpuState(std::size_t parameters)
    : weights_(parameters), m_(parameters), v_(parameters), average_(parameters), version_(next_version()) {}

void CpuState::read(std::span<float> weights, std::span<float> moments) const {
  if (!weights.empty()) {
    check_size("weights", weights.size(), size());
    std::copy_n(weights_.data(), size(), weights.begin());
  }
  if (!moments.empty()) {
    check_size("moments", moments.size(), 2 * size());
    std::copy_n(m_.data(), size(), moments.begin());
    std::copy_n(v_.data(), size(), moments.begin() + static_cast<std::ptrdiff_t>(size()));
  }
}

void CpuState::write(std::span<const float> weights, std::span<const float> moments, std::uint64_t step) {
  check_size("weights", weights.size(), size());
  if (!moments.empty()) check_size("moments", moments.size(), 2 * size());
  std::ranges::copy(weights, weights_.data());
  std::ranges::copy(weights, average_.data());
  if (moments.empty()) {
    std::fill_n(m_.data(), size(), 0.0f);
    std::fill_n(v_.data(), size(), 0.0f);
  } else {
    std::ranges::copy(moments.first(size()), m_.data());
    std::ranges::copy(moments.subspan(size()), v_.data());
  }
  step_ = step;
  version_ = next_version();
}

void CpuState::read_average(std::span<float> average) const {
  check_size("averaged weights", average.size(), size());
  std::copy_n(average_.data(), size(), average.begin());
}

void CpuState::write_average(std::span<const float> average) {
  check_size("averaged weights", average.size(), size());
  std::ranges::copy(average, average_.data());
}

void CpuState::stepped() {
  ++step_;
  version_ = next_version();
}

}  // namespace dae::cpu
