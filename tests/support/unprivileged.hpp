#pragma once

#include <unistd.h>

/// For root, whom no permission stops: gives its rights up for this object's life.
class Unprivileged {
 public:
  Unprivileged() : before_(::geteuid()) {
    if (before_ == 0 && ::seteuid(65534) != 0) before_ = 65534;
  }
  ~Unprivileged() {
    if (before_ == 0 && ::seteuid(0) != 0) ::_exit(1);
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  uid_t before_;
};
