#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tools/command_line/command_line.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"
#include "tools/command_line/version.hpp"

namespace dae {
namespace {

/// Text in troff: a backslash is \e, a hyphen \-, and no line begins with a control character.
std::string troff(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  return result.starts_with('.') || result.starts_with('\'') ? "\\&" + result : result;
}

std::string flag_entry(const FlagText& flag) {
  std::vector<std::string> names;
  for (const std::string& name : flag.names) names.push_back(fmt::format("\\fB{}\\fR", troff(name)));
  const std::string value = flag.value.empty() ? "" : fmt::format(" \\fI{}\\fR", troff(flag.value));
  const std::string usual = flag.default_value.empty() ? "" : fmt::format(" [{}]", troff(flag.default_value));
  return fmt::format(".TP\n{}{}\n{}{}\n", fmt::join(names, ", "), value, troff(flag.help), usual);
}

}  // namespace

std::string manual_page(const std::vector<CommandText>& commands) {
  std::string text = fmt::format(
      ".TH DAE\\-CUDA 1 \"\" \"dae\\-cuda {}\"\n.SH NAME\n"
      "dae\\-cuda \\- train convolutional denoising autoencoders and denoise with them\n.SH SYNOPSIS\n"
      ".B dae\\-cuda\n.I COMMAND\n[\\fIFLAGS\\fR]\n.SH COMMANDS\n",
      troff(program_version()));
  for (const CommandText& command : commands) {
    text += fmt::format(".SS {} {}\n{}.\n", troff(command.name), troff(command.inputs), troff(command.help));
    for (const FlagText& flag : command.flags) text += flag_entry(flag);
  }
  return text +
         ".SH EXIT STATUS\n"
         "0 done; 1 internal error; 2 usage; 3 an input cannot be read; 4 an output cannot be written; 5 the device "
         "failed or is not there; 6 not enough memory; 7 training diverged; 130 stopped by a signal.\n"
         ".SH ENVIRONMENT\n.TP\n\\fBDAE_CPU_ISA\\fR\n"
         "Instruction set of the CPU device: baseline, avx2 or avx512. The widest that the processor has where not "
         "set.\n";
}

void add_man(CommandLine& line) {
  line.add("man", "Print the manual page (dae-cuda man | man -l -)", [&line](const Flags&) {
    write_out(manual_page(line.commands()));
    return exit_code::ok;
  });
}

}  // namespace dae
