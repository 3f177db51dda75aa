#include "host/graph/summary.hpp"

#include <memory>

#include "tools/command_line/command_line.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {

void add_summary(CommandLine& line) {
  struct SummaryFlags {
    std::string model = "conv-dae-32", input = "28x28x1";
    bool json = false;
  };
  const auto flags = std::make_shared<SummaryFlags>();
  Flags& command = line.add("summary", "Show a network's layers, weights, arithmetic and memory", [=](const Flags&) {
    const Shape input = parse_shape("--input", flags->input);
    const Graph graph = load_model(flags->model);
    print_out("{}\n", flags->json ? summary_json(graph, input) : summary_table(graph, input));
    return exit_code::ok;
  });
  command.text("--model", "PRESET|FILE.json", flags->model,
               "A network of this program, conv-dae-32 or dncnn for example, or a JSON file");
  command.text("--input", "HxWxC", flags->input, "Height, width and channels of an image");
  command.toggle("--json", flags->json, "Print one JSON object and nothing else");
}

}  // namespace dae
