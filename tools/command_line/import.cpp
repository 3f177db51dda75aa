#include <memory>
#include <nlohmann/json.hpp>

#include "host/checkpoint/checkpoint.hpp"
#include "host/checkpoint/import_weights.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/input_file.hpp"
#include "host/noise/noise_kinds.hpp"
#include "host/text/json_text.hpp"
#include "host/text/text.hpp"
#include "tools/command_line/command_line.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

constexpr std::size_t longest_map = std::size_t{1} << 24;

struct ImportFlags {
  std::vector<std::string> inputs;
  std::string model, map, layout = "auto", input = "28x28x1", out;
  float noise = Gaussian{}.sigma;
  bool clip = true;
};

/// {"our name": "the file's name", ...}
std::map<std::string, std::string> read_names(const std::string& path) {
  const nlohmann::json object = parse_json(read_file(path, longest_map), quote_path(path));
  std::map<std::string, std::string> names;
  if (!object.is_object()) throw InputError(fmt::format("{} is no JSON object of names", quote_path(path)));
  for (const auto& [ours, theirs] : object.items()) {
    if (!theirs.is_string()) {
      throw InputError(fmt::format("{}: {} needs the name of a tensor as text, not {}", quote_path(path), quote(ours),
                                   brief(theirs)));
    }
    names.emplace(ours, theirs.get<std::string>());
  }
  return names;
}

int run_import(const ImportFlags& flags, const Flags& command) {
  if (flags.inputs.size() != 1) throw UsageError("import needs one file of weights, in the safetensors format");
  command.require("--model");
  command.require("--out");
  Checkpoint checkpoint;
  checkpoint.graph = load_model(flags.model);
  checkpoint.sample = parse_shape("--input", flags.input);
  checkpoint.noise = {.parts = {Gaussian{flags.noise}}, .clip = flags.clip};
  ImportOptions options{.names = {}, .layout = weight_layout(flags.layout)};
  if (!flags.map.empty()) options.names = read_names(flags.map);
  const std::string& file = flags.inputs.front();
  checkpoint.weights =
      import_weights(read_safetensors(file), quote_path(file), checkpoint.graph, checkpoint.sample, options);
  save_checkpoint(flags.out, checkpoint);
  print_out("{} -> {}: {}, {} weights\n", file, flags.out, checkpoint.graph.name,
            with_commas(checkpoint.weights.size()));
  return exit_code::ok;
}

}  // namespace

void add_import(CommandLine& line) {
  const auto flags = std::make_shared<ImportFlags>();
  Flags& command = line.add("import", "Make a checkpoint of weights that PyTorch or Keras trained",
                            [=](const Flags& given) { return run_import(*flags, given); });
  command.inputs("WEIGHTS.safetensors", flags->inputs, "Tensors by name");
  command.text("--model", "PRESET|FILE.json", flags->model, "The network that the weights belong to");
  command.text("--map", "NAMES.json", flags->map,
               "{\"our name\": \"the file's name\"}; without it by our names, else in the layers' order");
  command.choice("--layout", flags->layout, {"auto", "pytorch", "keras"},
                 "Order of the dimensions; auto: keras when tensors are called kernel");
  command.text("--input", "HxWxC", flags->input, "Height, width and channels of an image");
  command.number("--noise", flags->noise, 0.0f, largest_typed_sigma,
                 "Sigma that it was trained for; evaluate draws it");
  command.toggle("--clip,!--no-clip", flags->clip, "Whether noisy images were clipped to 0..1");
  command.text("--out", "FILE", flags->out, "The checkpoint");
}

}  // namespace dae
