#include "tools/command_line/precision_flag.hpp"

#include <algorithm>

namespace dae {

void add_precision_flag(Flags& command, std::string& name) {
  command.choice("--precision", name, {"fp32", "tf32", "bf16"},
                 "Of multiplications on a CUDA device; bf16 stores activations in half the bytes too");
}

Precision precision_named(const std::string& name) {
  return static_cast<Precision>(std::ranges::find(precision_names, name) - precision_names.begin());
}

}  // namespace dae
