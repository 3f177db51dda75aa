#include "tools/command_line/command_line.hpp"

#include <CLI/CLI.hpp>
#include <deque>
#include <vector>

#include "host/text/quote.hpp"
#include "host/text/text.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"
#include "tools/command_line/version.hpp"

namespace dae {
namespace {

// Beside the flags' column: lines of 110 columns.
constexpr std::size_t help_width = 80;

/// Throws UsageError for what the command line holds beyond the flags that the command knows.
void refuse_extras(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  for (const std::string& extra : command.remaining()) {
    const std::string flag = extra.substr(0, extra.find('='));
    if (flag.starts_with("-") && flag != "-") {
      throw UsageError(fmt::format("{} has no flag {}{}", command.get_name(), quote(flag), did_you_mean(flag, known)));
    }
    throw UsageError(fmt::format("{} takes no argument {}", command.get_name(), quote(extra)));
  }
}

/// The only command given. Throws UsageError otherwise.
const CLI::App& only_command(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::vector<CLI::App*> given = app.get_subcommands();
  const std::vector<std::string> rest = app.remaining();
  if (given.empty() && rest.empty()) {
    throw UsageError(fmt::format("a command is needed: {} (--help explains them)", fmt::join(known, ", ")));
  }
  if (!rest.empty()) {
    throw UsageError(fmt::format("there is no command {}{}", quote(rest.front()), did_you_mean(rest.front(), known)));
  }
  if (given.size() > 1) throw UsageError(fmt::format("one command at a time, not {} too", given[1]->get_name()));
  return *given.front();
}

/// "--epochs N    Passes over the training images [2]".
class HelpFormat : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string) const override {
    const bool is_program = app->get_parent() == nullptr;
    std::string inputs;
    for (const CLI::Option* option : app->get_options()) {
      if (option->get_positional()) inputs += fmt::format(" {}...", option->get_name(true));
    }
    return fmt::format("Usage: dae-cuda {}{}\n", is_program ? "COMMAND [FLAGS]" : app->get_name() + " [FLAGS]", inputs);
  }
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    const std::string name = CLI::Formatter::make_option_name(option, is_positional);
    return name.substr(0, name.find('{'));  // CLI11 adds "{false}" to a flag that clears.
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_type_name().empty() ? "" : " " + option->get_type_name();
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    const std::string shown = option->get_default_str();
    return wrapped(option->get_description() + (shown.empty() ? "" : fmt::format(" [{}]", shown)), help_width);
  }
};

}  // namespace

struct CommandLine::Parser {
  struct Entry {
    CLI::App* app;
    Flags flags;
    Work work;
  };
  CLI::App app{"Trains convolutional denoising autoencoders and denoises with them.", "dae-cuda"};
  std::deque<Entry> entries;  // Whose elements stay where they are.
};

CommandLine::CommandLine() : parser_(std::make_unique<Parser>()) {
  CLI::App& app = parser_->app;
  app.formatter(std::make_shared<HelpFormat>());
  app.require_subcommand(0);
  app.allow_extras();
  app.set_help_flag("--help,-h", "Show this text");
  app.set_version_flag("--version", version_line(), "Show the version");
  app.footer("dae-cuda COMMAND --help explains a command. Exit codes: docs/exit-codes.md.\n");
}

CommandLine::~CommandLine() = default;

Flags& CommandLine::add(const std::string& name, const std::string& help, Work work) {
  CLI::App* app = parser_->app.add_subcommand(name, help);
  app->allow_extras();
  app->set_help_flag("--help,-h", "Show this text");
  app->footer("");
  parser_->entries.push_back({app, Flags(*app), std::move(work)});
  return parser_->entries.back().flags;
}

std::vector<CommandText> CommandLine::commands() const {
  std::vector<CommandText> result;
  for (const Parser::Entry& entry : parser_->entries) {
    CommandText command{entry.app->get_name(), entry.app->get_description(), "", {}};
    for (const CLI::Option* option : entry.app->get_options()) {
      if (option->get_positional()) {
        command.inputs = option->get_name(true) + "...";
        continue;
      }
      FlagText flag{{}, option->get_type_name(), option->get_description(), option->get_default_str()};
      if (option->get_expected_max() == 0) flag.value.clear();
      for (const std::string& name : option->get_snames()) flag.names.push_back("-" + name);
      for (const std::string& name : option->get_lnames()) flag.names.push_back("--" + name);
      command.flags.push_back(std::move(flag));
    }
    result.push_back(std::move(command));
  }
  return result;
}

int CommandLine::run(int argc, char** argv) {
  CLI::App& app = parser_->app;
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const std::vector<CLI::App*> given = app.get_subcommands();
    write_out(given.empty() ? app.help() : given.front()->help());
    return exit_code::ok;
  } catch (const CLI::CallForVersion& version) {
    write_out(fmt::format("{}\n", version.what()));
    return exit_code::ok;
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string_view text = error.what();
    const std::size_t override_at = text.find(" was given a disallowed flag override");
    if (override_at != std::string_view::npos) {
      throw UsageError(fmt::format("--{} takes no value", text.substr(0, override_at)));
    }
    const std::string_view flag = text.substr(0, text.find(':'));
    const bool twice = text.find("received") != std::string_view::npos;
    throw UsageError(fmt::format("{} {}", flag, twice ? "is given more than once" : "needs a value"));
  } catch (const CLI::Error& error) {
    throw UsageError(error.what());
  }
  const CLI::App& command = only_command(app);
  refuse_extras(command);
  for (const Parser::Entry& entry : parser_->entries) {
    if (entry.app == &command) return entry.work(entry.flags);
  }
  return exit_code::internal;
}

}  // namespace dae
