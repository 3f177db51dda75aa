#pragma once

#include <string>
#include <vector>

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

}  // namespace dae
