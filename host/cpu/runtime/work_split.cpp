#include "host/cpu/runtime/work_split.hpp"

#include <algorithm>

namespace dae::cpu {

WorkSplit::WorkSplit(int jobs, int threads, double cost_of_sharing) : alone(jobs) {
  const int rounds = jobs / threads, last = jobs % threads;
  double least = last > 0 ? 1 : 0;  // each of the last jobs alone
  for (int each = 2; each <= threads && last > 0; ++each) {
    const int at_once = std::min(threads / each, last);
    const double taken = (last + at_once - 1) / at_once * (1.0 / each + cost_of_sharing);
    if (taken >= least) continue;
    least = taken;
    alone = jobs - last;
    teams = at_once;
    members = each;
  }
  time = rounds + least;
}

}  // namespace dae::cpu
