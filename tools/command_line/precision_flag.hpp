#pragma once

#include <string>

#include "dae/device.hpp"
#include "tools/command_line/flags.hpp"

namespace dae {

/// Adds --precision; `name` is then one of fp32, tf32, bf16.
void add_precision_flag(Flags& command, std::string& name);

Precision precision_named(const std::string& name);

}  // namespace dae
