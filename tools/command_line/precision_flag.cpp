#include "tools/command_line/precision_flag.hpp"

namespace dae {

void add_precision_flag(Flags& command, std::string& name) {
  command.choice("--precision", name, {"fp32", "tf32", "bf16"},
                 "Of multiplications on a CUDA device; bf16 stores activations in half the bytes too");
}

Precision precision_named(const std::string& name) {
  if (name == "bf16") return Precision::bf16;
  return name == "tf32" ? Precision::tf32 : Precision::fp32;
}

}  // namespace dae
