#pragma once

#include "tools/command_line/command_line.hpp"

/// \file
/// Each command is a file of its own.
namespace dae {

void add_train(CommandLine&);
void add_evaluate(CommandLine&);
void add_denoise(CommandLine&);
void add_compare(CommandLine&);
void add_export(CommandLine&);
void add_import(CommandLine&);
void add_devices(CommandLine&);
void add_doctor(CommandLine&);
void add_bench(CommandLine&);
void add_profile(CommandLine&);
void add_summary(CommandLine&);
void add_version(CommandLine&);
void add_completion(CommandLine&);
void add_man(CommandLine&);

}  // namespace dae
