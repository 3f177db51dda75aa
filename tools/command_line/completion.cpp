#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "dae/error.hpp"
#include "dae/graph.hpp"
#include "host/text/quote.hpp"
#include "tools/command_line/command_line.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

/// Words that a flag takes ("auto|cpu|N" without the N), or nothing.
std::vector<std::string> words_of(const FlagText& flag) {
  std::vector<std::string> words;
  std::size_t start = 0;
  while (start <= flag.value.size() && flag.value.find('|') != std::string::npos) {
    const std::size_t end = std::min(flag.value.find('|', start), flag.value.size());
    const std::string word = flag.value.substr(start, end - start);
    const bool is_word = std::none_of(word.begin(), word.end(), [](unsigned char c) { return std::isupper(c) != 0; });
    if (is_word && !word.empty()) words.push_back(word);
    start = end + 1;
  }
  if (flag.value.starts_with("PRESET")) words.assign(preset_names().begin(), preset_names().end());
  return words;
}

bool takes_path(const FlagText& flag) {
  for (const std::string_view kind : {"FILE", "PATH", "DIR", ".json", ".safetensors"}) {
    if (flag.value.find(kind) != std::string::npos) return true;
  }
  return false;
}

std::string names_of(const std::vector<CommandText>& commands) {
  std::vector<std::string> names;
  for (const CommandText& command : commands) names.push_back(command.name);
  return fmt::format("{}", fmt::join(names, " "));
}

std::string flags_of(const CommandText& command) {
  std::vector<std::string> names;
  for (const FlagText& flag : command.flags) names.insert(names.end(), flag.names.begin(), flag.names.end());
  return fmt::format("{}", fmt::join(names, " "));
}

std::string bash_script(const std::vector<CommandText>& commands) {
  std::string flags, values;
  for (const CommandText& command : commands) {
    flags += fmt::format("    {}) flags='{}' ;;\n", command.name, flags_of(command));
    for (const FlagText& flag : command.flags) {
      if (flag.value.empty()) continue;
      const std::string action = fmt::format("COMPREPLY=($(compgen {}-W '{}' -- \"$word\"))",
                                             takes_path(flag) ? "-f " : "", fmt::join(words_of(flag), " "));
      for (const std::string& name : flag.names) {
        values += fmt::format("    {}:{}) {}; return ;;\n", command.name, name, action);
      }
    }
  }
  return fmt::format(R"(# Completes dae-cuda in bash.
_dae_cuda() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command=${{COMP_WORDS[1]}} flags=''
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W '{}' -- "$word"))
    return
  fi
  case "$command:$before" in
{}  esac
  case "$command" in
{}  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}}
complete -o filenames -F _dae_cuda dae-cuda
)",
                     names_of(commands), values, flags);
}

/// Text inside single quotes; `special` characters get a backslash too.
std::string escaped(const std::string& text, std::string_view special) {
  std::string result;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) result += '\\';
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return result;
}

std::string zsh_script(const std::vector<CommandText>& commands) {
  std::string list, cases;
  for (const CommandText& command : commands) {
    list += fmt::format("    '{}:{}'\n", command.name, escaped(command.help, ":"));
    cases += fmt::format("    {})\n      _arguments", command.name);
    for (const FlagText& flag : command.flags) {
      std::string value;
      if (takes_path(flag)) {
        value = words_of(flag).empty() ? ":file:_files"
                                       : fmt::format(
                                             ":file or preset:_alternative \"files:file:_files\" "
                                             "\"presets:preset:({})\"",
                                             fmt::join(words_of(flag), " "));
      } else if (!flag.value.empty()) {
        value = fmt::format(":{}:({})", escaped(flag.value, ":"), fmt::join(words_of(flag), " "));
      }
      for (const std::string& name : flag.names) {
        cases += fmt::format(" \\\n        '{}[{}]{}'", name, escaped(flag.help, "[]:"), value);
      }
    }
    cases += fmt::format("{}\n      ;;\n", command.inputs.empty() ? "" : " \\\n        '*:file:_files'");
  }
  return fmt::format(R"(#compdef dae-cuda
# Completes dae-cuda in zsh.
_dae_cuda() {{
  local -a commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
_dae_cuda "$@"
)",
                     list, cases);
}

std::string fish_script(const std::vector<CommandText>& commands) {
  std::string text = "# Completes dae-cuda in fish.\n";
  for (const CommandText& command : commands) {
    text += fmt::format("complete -c dae-cuda -f -n __fish_use_subcommand -a {} -d '{}'\n", command.name,
                        escaped(command.help, ""));
    const std::string of_command =
        fmt::format("complete -c dae-cuda -n '__fish_seen_subcommand_from {}'", command.name);
    if (!command.inputs.empty()) text += of_command + " -F\n";
    for (const FlagText& flag : command.flags) {
      for (const std::string& name : flag.names) {
        text += fmt::format("{} {} {}", of_command, name.starts_with("--") ? "-l" : "-s",
                            name.substr(name.find_first_not_of('-')));
        if (!flag.value.empty()) text += takes_path(flag) ? " -r -F" : " -x";
        if (!words_of(flag).empty()) text += fmt::format(" -a '{}'", fmt::join(words_of(flag), " "));
        text += fmt::format(" -d '{}'\n", escaped(flag.help, ""));
      }
    }
  }
  return text;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<CommandText>& commands) {
  if (shell == "bash") return bash_script(commands);
  if (shell == "zsh") return zsh_script(commands);
  if (shell == "fish") return fish_script(commands);
  throw UsageError(fmt::format("completion needs bash, zsh or fish, not {}", quote(shell)));
}

void add_completion(CommandLine& line) {
  const auto shells = std::make_shared<std::vector<std::string>>();
  Flags& command =
      line.add("completion", "Print what completes commands and flags in bash, zsh or fish", [=, &line](const Flags&) {
        if (shells->size() != 1) throw UsageError("completion needs bash, zsh or fish");
        write_out(completion_script(shells->front(), line.commands()));
        return exit_code::ok;
      });
  command.inputs("SHELL", *shells, "bash, zsh or fish");
}

}  // namespace dae
