#include "host/bench/profile.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "host/files/atomic_file.hpp"
#include "host/text/json_text.hpp"
#include "tools/command_line/command_line.hpp"
#include "tools/command_line/device_flags.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

struct ProfileFlags {
  std::string model = "conv-dae-32", input = "28x28x1", precision = "fp32", window = "both", out = "trace.json";
  int steps = 10, batch = 128;
  bool deterministic = false, json = false;
  DeviceFlags device;
};

ProfileWindow window_named(const std::string& name) {
  if (name == "eager") return ProfileWindow::eager;
  return name == "replayed" ? ProfileWindow::replayed : ProfileWindow::both;
}

double images_per_s(const ProfileFlags& flags, const ProfiledWindow& window) {
  return 1e3 * flags.batch / window.ms_per_step;
}

std::string to_json(const ProfileFlags& flags, const Profile& found, const std::string& device, bool traced) {
  nlohmann::ordered_json object = {{"device", device},           {"model", flags.model},
                                   {"batch", flags.batch},       {"precision", flags.precision},
                                   {"steps", flags.steps},       {"captured_nodes", found.captured_nodes},
                                   {"loss", pretty(found.loss)}, {"trace", nullptr}};
  if (traced) object["trace"] = flags.out;
  for (const ProfiledWindow& window : found.windows)
    object[window.eager ? "eager" : "replayed"] = {{"ms_per_step", window.ms_per_step},
                                                   {"images_per_s", images_per_s(flags, window)}};
  return dump_json(object);
}

int run_profile(const ProfileFlags& flags) {
  const Graph graph = load_model(flags.model);
  const ProfileRequest request{.steps = flags.steps,
                               .batch = flags.batch,
                               .sample = parse_shape("--input", flags.input),
                               .computation = {precision_named(flags.precision), flags.deterministic},
                               .window = window_named(flags.window)};
  const auto device = open_device(flags.device, [&](std::string_view line) {
    if (!flags.json) print_out("{}\n", line);
  });
  const Profile found = profile(*device, graph, request);
  const bool traced = !found.windows.front().ranges.empty();
  if (traced) write_file(flags.out, chrome_trace(found, device->name()));
  if (flags.json) {
    print_out("{}\n", to_json(flags, found, device->name(), traced));
    return exit_code::ok;
  }
  for (const ProfiledWindow& window : found.windows)
    print_out("{:<8} {} steps of {} images: {:.3f} ms a step, {:.0f} images/s\n", window.eager ? "eager" : "replayed",
              flags.steps, flags.batch, window.ms_per_step, images_per_s(flags, window));
  if (found.captured_nodes > 0) print_out("a step replays one graph of {} nodes\n", found.captured_nodes);
  if (traced)
    print_out("trace: {}; open it in https://ui.perfetto.dev or chrome://tracing\n", flags.out);
  else
    print_out("this device's ranges go to NVIDIA's profilers: tools/profile runs them\n");
  return exit_code::ok;
}

}  // namespace

void add_profile(CommandLine& line) {
  const auto flags = std::make_shared<ProfileFlags>();
  Flags& command = line.add("profile", "Record training steps layer by layer, and as they run in training",
                            [=](const Flags&) { return run_profile(*flags); });
  command.text("--model", "PRESET|FILE.json", flags->model,
               "A network of this program, conv-dae-32 or dncnn for example, or a JSON file");
  command.text("--input", "HxWxC", flags->input, "Height, width and channels of an image");
  command.number("--steps", flags->steps, 1, 1 << 20, "Training steps in each window");
  command.number("--batch", flags->batch, 1, most_batch, "Images a step");
  command.choice("--window", flags->window, {"both", "eager", "replayed"},
                 "eager: every layer in a range of its own; replayed: steps as they run in training");
  command.device(flags->device);
  add_precision_flag(command, flags->precision);
  command.toggle("--deterministic", flags->deterministic, "Same seed, same bits on one GPU; the CPU is so always");
  command.text("--out", "FILE", flags->out,
               "CPU device: the trace, for Perfetto and chrome://tracing; a file of that name is replaced");
  command.toggle("--json", flags->json, "Print one JSON object and nothing else");
}

}  // namespace dae
