#include "tools/command_line/stop_signals.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>

#include "tools/command_line/exit_code.hpp"

namespace dae {
namespace {

// Threads read it too.
std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void on_signal(int) {
  if (requested.exchange(true)) _exit(exit_code::stopped);
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

bool stop_requested() { return requested; }

}  // namespace dae
