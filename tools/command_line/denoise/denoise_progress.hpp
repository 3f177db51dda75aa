#pragma once

#include <chrono>
#include <cstddef>

namespace dae {

/// How far a folder is: on a terminal a bar that redraws itself, else a line now and then; on standard error, so that
/// it mixes with nobody's output.
class DenoiseProgress {
 public:
  DenoiseProgress(std::size_t files, bool quiet);

  /// One file more has come to its end, well or not.
  void ended() { ++ended_; }
  /// So many files, or parts of them, with so many pixels have been worked through.
  void processed(double files, double pixels);
  /// Draws when it is time to.
  void tick();
  /// Takes the bar away, so that something else can be printed.
  void clear();

 private:
  void draw(double seconds);

  std::size_t files_, ended_ = 0;
  double processed_ = 0, pixels_ = 0;
  bool terminal_, quiet_, shown_ = false;
  std::chrono::steady_clock::time_point start_, drawn_;
};

}  // namespace dae
