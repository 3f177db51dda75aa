#pragma once

#include <cstddef>

/// \file
/// A switch between stacks (Boost.Context), told to the sanitizers. ThreadSanitizer sees every call of a body as a
/// thread of its own; a switch orders nothing for it, only acquire and release do.
namespace cusim {

/// A stack that runs `body` again and again, each time until it returns, with pauses.
class Fiber {
 public:
  explicit Fiber(void (*body)());
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;
  ~Fiber();

  /// Goes on where the body paused, or calls it. Comes back when the body pauses or has returned.
  void resume();
  /// Called on a fiber: goes back to where it was resumed.
  static void pause();

 private:
  struct Switch;
  void start();

  void (*body_)();
  char* stack_;
  void* context_ = nullptr;
  bool running_ = false;        // false: the body has returned
  void* fake_stack_ = nullptr;  // AddressSanitizer's
  void* thread_ = nullptr;      // ThreadSanitizer's
};

/// True under ThreadSanitizer.
extern const bool watches_threads;

/// For ThreadSanitizer: what was done before release(x) is seen after acquire(x).
void acquire(void* what);
void release(void* what);

/// Zeroes whole pages, which belong to other threads from now on as far as ThreadSanitizer is concerned.
void renew_pages(char* begin, std::size_t bytes);

/// While one lives, ThreadSanitizer does not look at what the C library is called for.
class Unwatched {
 public:
  Unwatched();
  Unwatched(const Unwatched&) = delete;
  Unwatched& operator=(const Unwatched&) = delete;
  ~Unwatched();
};

}  // namespace cusim
