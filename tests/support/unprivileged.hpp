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
    if (before_ == 0 && ::seteuid(65534) != 0) before_ = 65534;
  }
  ~Unprivileged() {
#ifdef __SANITIZE_ADDRESS__
    ::setenv("ASAN_OPTIONS", options_.c_str(), 1);
#endif
    if (before_ == 0 && ::seteuid(0) != 0) ::_exit(1);
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  uid_t before_;
  std::string options_;
};
