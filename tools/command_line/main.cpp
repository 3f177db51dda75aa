#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "host/text/text.hpp"
#include "tools/command_line/command_line.hpp"
#include "tools/command_line/exit_code.hpp"

namespace {

/// Opens 0, 1 and 2 where they are closed: a file would get the number, and messages would be written into it.
void open_standard_descriptors() {
  int file = 0;
  while (file >= 0 && file <= STDERR_FILENO) file = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (file > STDERR_FILENO) ::close(file);
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_descriptors();
  // A reader that went away and a limit on file sizes are errors of the write in question, not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    dae::CommandLine line;
    for (const auto add : {dae::add_train, dae::add_evaluate, dae::add_denoise, dae::add_compare, dae::add_export,
                           dae::add_import, dae::add_devices, dae::add_doctor, dae::add_summary, dae::add_bench,
                           dae::add_profile, dae::add_version, dae::add_completion, dae::add_man}) {
      add(line);
    }
    return line.run(argc, argv);
  } catch (...) {
    const std::exception_ptr failure = std::current_exception();
    const std::string text = "dae-cuda: " + dae::message_of(failure) + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
    return dae::exit_code::of(failure);
  }
}
