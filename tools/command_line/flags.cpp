#include "tools/command_line/flags.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "host/text/quote.hpp"

namespace dae {

Shape parse_shape(std::string_view flag, std::string_view text) {
  Shape shape;
  std::string_view rest = text;
  for (int* extent : {&shape.h, &shape.w, &shape.c}) {
    const std::size_t end = extent == &shape.c ? std::string_view::npos : rest.find('x');
    if (rest.empty() || (extent != &shape.c && end == std::string_view::npos)) {
      throw UsageError(fmt::format("{} needs HEIGHTxWIDTHxCHANNELS such as 28x28x1, not {}", flag, quote(text)));
    }
    *extent = parse_number(flag, rest.substr(0, end), 1, 65536);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return shape;
}

void Flags::value_flag(const std::string& flag, const std::string& kind, const std::string& shown_default,
                       const std::string& help, const std::function<void(const std::string&)>& take) {
  command_.add_option_function<std::string>(flag, take, help)->type_name(kind)->default_str(shown_default);
}

void Flags::text(const std::string& flag, const std::string& kind, std::string& value, const std::string& help) {
  value_flag(flag, kind, value, help, [&value, name = flag.substr(0, flag.find(','))](const std::string& text) {
    if (text.empty()) throw UsageError(fmt::format("{} needs a value", name));
    value = text;
  });
}

void Flags::choice(const std::string& flag, std::string& value, std::vector<std::string_view> words,
                   const std::string& help) {
  value_flag(flag, fmt::format("{}", fmt::join(words, "|")), value, help,
             [&value, flag, known = words](const std::string& text) {
               if (std::find(known.begin(), known.end(), text) == known.end()) {
                 throw UsageError(fmt::format("{} needs {}, not {}{}", flag, fmt::join(known, " or "), quote(text),
                                              did_you_mean(text, known)));
               }
               value = text;
             });
}

void Flags::toggle(const std::string& flags, bool& value, const std::string& help) {
  command_.add_flag(flags, value, help)->disable_flag_override();
}

void Flags::inputs(const std::string& name, std::vector<std::string>& values, const std::string& help) {
  command_.add_option(name, values, help)->type_name("");
}

void Flags::device(DeviceFlags& flags) {
  value_flag("--device", "auto|cpu|N", flags.device, "auto: the first CUDA device that works, else the CPU",
             [&flags](const std::string& value) {
               const bool number = !value.empty() && value.find_first_not_of("0123456789") == std::string::npos;
               if (value != "auto" && value != "cpu" && !number) {
                 throw UsageError(
                     fmt::format("--device needs auto, cpu or the number of a CUDA device, not {}", quote(value)));
               }
               flags.device = value;
             });
  number("--threads", flags.threads, 0, most_threads, "Threads of the CPU device; 0: one a core");
  text("--plan-cache", "DIR|none", flags.plan_cache,
       "Where a CUDA device keeps the algorithms that it timed; dae-cuda/plans in the user's cache where not given");
}

bool Flags::given(const std::string& flag) const { return command_.count(flag) > 0; }

void Flags::require(const std::string& flag) const {
  if (given(flag)) return;
  throw UsageError(fmt::format("{0} needs {1} (dae-cuda {0} --help explains it)", command_.get_name(), flag));
}

}  // namespace dae
