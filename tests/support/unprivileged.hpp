#pragma once

#include <unistd.h>

#include <cstdlib>
#include <string>

/// For root, whom no permission stops: gives its rights up for this object's life. LeakSanitizer cannot look into
/// processes that did so: programs that are started meanwhile are not searched for leaks.
class Unprivileged {
 public:
  Unprivileged() : before_(::geteuid()) {
#ifdef __SANITIZE_ADDRESS__
    const char* const options = std::getenv("ASAN_OPTIONS");
    options_ = options != nullptr ? options : "";
    ::setenv("ASAN_OPTIONS", (options_ + ":detect_leaks=0").c_str(), 1);
#endif
    // The real user too: of a program that runs for another one LeakSanitizer cannot read the options.
    if (before_ == 0 && ::setresuid(nobody, nobody, 0) != 0) before_ = nobody;
  }
  ~Unprivileged() {
#ifdef __SANITIZE_ADDRESS__
    ::setenv("ASAN_OPTIONS", options_.c_str(), 1);
#endif
    if (before_ == 0 && ::setresuid(0, 0, 0) != 0) ::_exit(1);
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  static constexpr uid_t nobody = 65534;
  uid_t before_;
  std::string options_;
};
