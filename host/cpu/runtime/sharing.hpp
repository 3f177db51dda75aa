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

/// Whether sharing blocks is sooner at present. Threads that share one wait for each other at every layer; where other
/// programs take their cores, or a hypervisor has put these far apart, that costs more than it gains. The bits are the
/// same, so the clock may decide: two of every 64 runs are made the other way, to compare.
class SharingTuner {
 public:
  /// Before each run: whether it is to share.
  bool share();
  /// After it: what it took.
  void took(double seconds);

 private:
  [[nodiscard]] int trial() const;

  bool sharing_ = true;
  int runs_ = 0;
  double mean_ = 0, other_ = 0;  // seconds a run, in this way and, where known, the other
};

}  // namespace dae::cpu
