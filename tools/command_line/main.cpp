#include <algorithm>
#include <csignal>
#include <vector>

#include "dae/error.hpp"
#include "host/nearest.hpp"
#include "host/quote.hpp"
#include "tools/command_line/command.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/options.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

/// The only command given. Throws UsageError otherwise.
const CLI::App& only_command(const CLI::App& app) {
  std::vector<std::string_view> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  const std::vector<CLI::App*> given = app.get_subcommands();
  const std::vector<std::string> rest = app.remaining();
  if (given.empty() && rest.empty()) {
    throw UsageError(fmt::format("a command is needed: {} (--help explains them)", fmt::join(names, ", ")));
  }
  if (!rest.empty() && (given.empty() || !rest.front().starts_with("-"))) {
    throw UsageError(fmt::format("there is no command {}{}", quote(rest.front()), did_you_mean(rest.front(), names)));
  }
  if (given.size() > 1) throw UsageError(fmt::format("one command at a time, not {} too", given[1]->get_name()));
  return *given.front();
}

int run(int argc, char** argv) {
  CLI::App app("Trains convolutional denoising autoencoders and denoises with them.", "dae-cuda");
  app.require_subcommand(0);
  app.allow_extras();
  app.set_help_flag("--help,-h", "Show this text");
  app.footer("dae-cuda COMMAND --help explains a command. Exit codes: docs/exit-codes.md.");
  Command chosen;
  for (const auto add : {add_version}) {
    add(app, chosen);
  }
  for (CLI::App* command : app.get_subcommands(nullptr)) {
    command->allow_extras();
    command->set_help_flag("--help,-h", "Show this text");
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const std::vector<CLI::App*> given = app.get_subcommands();
    write_out(given.empty() ? app.help() : given.front()->help());
    return exit_code::ok;
  }
  refuse_extras(only_command(app));
  return chosen();
}

}  // namespace
}  // namespace dae

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return dae::run(argc, argv);
  } catch (...) {
    const std::exception_ptr failure = std::current_exception();
    fmt::memory_buffer line;
    fmt::format_to(std::back_inserter(line), "dae-cuda: {}\n", dae::message_of(failure));
    std::fwrite(line.data(), 1, line.size(), stderr);
    return dae::exit_code::of(failure);
  }
}
