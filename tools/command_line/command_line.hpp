#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tools/command_line/flags.hpp"

namespace dae {

/// A flag as the help shows it.
struct FlagText {
  std::vector<std::string> names;  ///< "--epochs"; "--clip", "--no-clip".
  std::string value;               ///< "N", "auto|pytorch|keras"; empty when it takes none.
  std::string help, default_value;
};

/// A command as the help shows it; what completions and the man page are made from, so that they cannot differ from it.
struct CommandText {
  std::string name, help, inputs;  ///< `inputs`: "INPUT..." or empty.
  std::vector<FlagText> flags;
};

/// "bash", "zsh" or "fish": a script that completes commands, flags and the words that a flag takes. Files are
/// completed where a flag takes a path. Throws UsageError for another shell.
std::string completion_script(const std::string& shell, const std::vector<CommandText>& commands);

/// The manual page dae-cuda(1), as troff with the macros of man(7).
std::string manual_page(const std::vector<CommandText>& commands);

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

// Each command is a file of its own.

void add_train(CommandLine&);
void add_evaluate(CommandLine&);
void add_denoise(CommandLine&);
void add_compare(CommandLine&);
void add_export(CommandLine&);
void add_import(CommandLine&);
void add_devices(CommandLine&);
void add_doctor(CommandLine&);
void add_bench(CommandLine&);
void add_profile(CommandLine&);
void add_summary(CommandLine&);
void add_version(CommandLine&);
void add_completion(CommandLine&);
void add_man(CommandLine&);

}  // namespace dae
