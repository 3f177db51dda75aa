#pragma once

namespace dae::cpu {

/// How `threads` threads take `jobs` jobs of one size: each job alone on a thread, but where the last of them would
/// leave threads idle, these jobs by teams of `members`, which share each of theirs.
struct WorkSplit {
  int alone;  ///< Jobs, the first ones.
  int teams = 0, members = 1;
  double time;  ///< About, in jobs.

  /// `cost_of_sharing`: how much longer a job takes than its share on several threads, in jobs.
  WorkSplit(int jobs, int threads, double cost_of_sharing);
  static WorkSplit all_alone(int jobs) { return {jobs, 1, 0}; }
};

}  // namespace dae::cpu
