#include "host/summary.hpp"

#include <memory>

#include "tools/command_line/commands.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

/// "28x28x1": height, width, channels.
Shape parse_shape(std::string_view text) {
  Shape shape;
  std::string_view rest = text;
  for (int* extent : {&shape.h, &shape.w, &shape.c}) {
    const std::size_t end = extent == &shape.c ? std::string_view::npos : rest.find('x');
    if (rest.empty() || (extent != &shape.c && end == std::string_view::npos)) {
      throw UsageError(fmt::format("--input needs HEIGHTxWIDTHxCHANNELS such as 28x28x1, not {}", quote(text)));
    }
    *extent = parse_number("--input", rest.substr(0, end), 1, 65536);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return shape;
}

}  // namespace

void add_summary(CommandLine& line) {
  struct SummaryFlags {
    std::string model = "conv-dae-32", input = "28x28x1";
  };
  const auto flags = std::make_shared<SummaryFlags>();
  Flags& command = line.add("summary", "Show a network's layers, weights, arithmetic and memory", [=](const Flags&) {
    const Shape input = parse_shape(flags->input);
    print_out("{}\n", summary_table(load_model(flags->model), input));
    return exit_code::ok;
  });
  command.text("--model", "PRESET|FILE.json", flags->model,
               "A network of this program, conv-dae-32 or dncnn for example, or a JSON file");
  command.text("--input", "HxWxC", flags->input, "Height, width and channels of an image");
}

}  // namespace dae
