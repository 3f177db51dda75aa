#include "tools/command_line/options.hpp"

#include <algorithm>
#include <vector>

#include "host/nearest.hpp"

namespace dae {

CLI::Option* add_choice(CLI::App& app, const std::string& flag, std::string& value,
                        std::initializer_list<std::string_view> words, const std::string& help) {
  const std::vector<std::string_view> known(words);
  const auto check = [&value, flag, known](const std::string& text) {
    if (std::find(known.begin(), known.end(), text) == known.end()) {
      throw UsageError(
          fmt::format("{} needs {}, not {}{}", flag, fmt::join(known, " or "), quote(text), did_you_mean(text, known)));
    }
    value = text;
  };
  return app.add_option_function<std::string>(flag, check, help)
      ->type_name(fmt::format("{}", fmt::join(known, "|")))
      ->default_str(value);
}

CLI::Option* add_text(CLI::App& app, const std::string& flag, const std::string& kind, std::string& value,
                      const std::string& help) {
  const auto take = [&value, flag](const std::string& text) {
    if (text.empty()) throw UsageError(fmt::format("{} needs a value", flag));
    value = text;
  };
  return app.add_option_function<std::string>(flag, take, help)->type_name(kind)->default_str(value);
}

void add_device_flags(CLI::App& app, DeviceFlags& flags) {
  add_text(app, "--device", "auto|cpu|N", flags.device, "auto: the first CUDA device that works, else the CPU");
  add_number(app, "--threads", flags.threads, 0, 4096, "Threads of the CPU device; 0: one a core");
}

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

void require_flag(const CLI::App& command, const std::string& flag) {
  if (command.count(flag) > 0) return;
  throw UsageError(fmt::format("{} needs {} ({} --help explains it)", command.get_name(), flag, command.get_name()));
}

}  // namespace dae
