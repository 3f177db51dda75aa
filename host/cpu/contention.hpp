#pragma once

namespace dae::cpu {

/// Times that the calling thread lost its core to another one.
long cores_lost();

/// Remembers whether other programs want the cores. Threads that share a block wait for each other at every layer, and
/// when one of them has lost its core the wait is a time slice of the system's: then it is better not to share, which is
/// tried again after 4 runs, and after twice as many each time that fails.
class Contention {
 public:
  /// Before each run: true if it may share.
  bool may_share();
  /// After a run that shared: whether a thread lost its core in it.
  void shared(bool core_lost);

 private:
  int pause_ = 0, left_ = 0;
};

}  // namespace dae::cpu
