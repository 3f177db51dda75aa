#include "tools/command_line/stop_signals.hpp"

#include <unistd.h>

#include <csignal>

#include "tools/command_line/exit_code.hpp"

namespace dae {
namespace {

volatile std::sig_atomic_t requested = 0;

void on_signal(int) {
  if (requested != 0) _exit(exit_code::stopped);
  requested = 1;
}

}  // namespace

void catch_stop_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, nullptr);
  }
}

bool stop_requested() { return requested != 0; }

}  // namespace dae
