#include "host/cpu/contention.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace dae::cpu {

long cores_lost() {
  rusage usage{};
  return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nivcsw : 0;
}

bool Contention::may_share() {
  if (left_ == 0) return true;
  --left_;
  return false;
}

void Contention::shared(bool core_lost) {
  constexpr int shortest = 4, longest = 256;
  pause_ = core_lost ? std::clamp(2 * pause_, shortest, longest) : 0;
  left_ = pause_;
}

}  // namespace dae::cpu
