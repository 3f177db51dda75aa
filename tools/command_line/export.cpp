#include <memory>

#include "host/checkpoint/checkpoint.hpp"
#include "host/checkpoint/onnx_file.hpp"
#include "host/checkpoint/safetensors.hpp"
#include "host/files/atomic_file.hpp"
#include "tools/command_line/command_line.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

struct ExportFlags {
  std::string checkpoint, onnx, safetensors;
};

/// The weights alone, under PyTorch's names and in its layout, which are ours.
std::string encode_weights(const Checkpoint& checkpoint) {
  std::vector<NamedTensor> tensors;
  for (const Parameter& p : parameters(checkpoint.graph, checkpoint.sample)) {
    tensors.push_back(
        {p.name, {p.dims.begin(), p.dims.end()}, std::span(checkpoint.weights).subspan(p.offset, p.size)});
  }
  return encode_safetensors(tensors, {{"format", "pt"}});
}

void write(const std::string& path, const std::string& bytes) {
  write_file(path, bytes);
  print_out("{} ({} bytes)\n", path, bytes.size());
}

int run_export(const ExportFlags& flags, const Flags& command) {
  command.require("--checkpoint");
  if (flags.onnx.empty() && flags.safetensors.empty()) {
    throw UsageError("export needs --onnx FILE or --safetensors FILE, or both");
  }
  const Checkpoint checkpoint = load_checkpoint(flags.checkpoint);
  if (!flags.onnx.empty()) write(flags.onnx, encode_onnx(checkpoint));
  if (!flags.safetensors.empty()) write(flags.safetensors, encode_weights(checkpoint));
  return exit_code::ok;
}

}  // namespace

void add_export(CommandLine& line) {
  const auto flags = std::make_shared<ExportFlags>();
  Flags& command = line.add("export", "Write a trained network for other programs",
                            [=](const Flags& given) { return run_export(*flags, given); });
  command.text("--checkpoint", "FILE", flags->checkpoint, "The network: best.safetensors of a run");
  command.text("--onnx", "FILE", flags->onnx, "The network with its weights, for onnxruntime and others");
  command.text("--safetensors", "FILE", flags->safetensors, "The weights alone, by PyTorch's names and layout");
}

}  // namespace dae
