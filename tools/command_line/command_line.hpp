#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tools/command_line/command_list.hpp"
#include "tools/command_line/flags.hpp"

namespace dae {

/// The program's commands, and what the user wants of them.
class CommandLine {
 public:
  CommandLine();
  ~CommandLine();

  /// The work of a command. It returns the program's exit code and throws the exceptions of dae/error.hpp.
  using Work = std::function<int(const Flags&)>;
  /// Adds a command; its flags are to be added to what comes back.
  Flags& add(const std::string& name, const std::string& help, Work work);

  /// Does what the arguments say: a command, or printing help. Throws UsageError for unknown commands, flags and
  /// arguments, naming the nearest known one, and what the command throws.
  int run(int argc, char** argv);

  /// All commands that were added, with their flags.
  [[nodiscard]] std::vector<CommandText> commands() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace dae
