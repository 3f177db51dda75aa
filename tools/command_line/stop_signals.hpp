#pragma once

namespace dae {

/// From now on Ctrl-C, SIGTERM and SIGHUP ask the work to stop at the next good moment; the second one ends the program
/// at once. A signal that the caller has set to be ignored (nohup) stays ignored.
void catch_stop_signals();

/// Whether one came.
bool stop_requested();

}  // namespace dae
