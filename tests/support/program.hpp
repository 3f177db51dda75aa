#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// \file
/// Runs the built dae-cuda as a user does: as a process of its own.

/// How a process ended.
struct Outcome {
  int code = -1;  ///< Exit code, or 128 + the signal that killed it.
  bool timed_out = false;
  std::string out, err;

  /// Lines on standard error.
  [[nodiscard]] std::size_t error_lines() const;
};

/// The surroundings that a process starts in.
struct Surroundings {
  std::map<std::string, std::string> environment{};                    ///< Beside the test's own.
  std::uint64_t largest_file = RLIM_INFINITY, memory = RLIM_INFINITY;  ///< Limits in bytes.
  std::string program = DAE_PROGRAM;                                   ///< Or a copy of it.
  std::string folder = {};                                             ///< To start in; the test's own where empty.
};

/// A running dae-cuda.
class Program {
 public:
  explicit Program(const std::vector<std::string>& arguments, const Surroundings& surroundings = {});
  /// Kills it when it still runs.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void signal(int number) const;
  /// Stops reading its standard output, as `head` does after its last line.
  void close_output();
  /// Waits until it prints `text` on standard output; false when it ends before.
  bool wait_for(const std::string& text);
  /// Waits until it ends, or kills it after two minutes.
  Outcome wait();

 private:
  bool read_more();

  pid_t pid_ = -1;
  int out_ = -1, err_ = -1;
  std::chrono::steady_clock::time_point deadline_;
  Outcome outcome_;
};

/// Runs dae-cuda to its end.
Outcome run_program(const std::vector<std::string>& arguments, const Surroundings& surroundings = {});
