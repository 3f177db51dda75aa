#pragma once

#include <CLI/CLI.hpp>
#include <functional>

/// \file
/// Each command is a file of its own. Its add_ function declares the command and its flags and, when the command is the
/// one that was asked for, leaves the work to be done in `chosen`. The work returns the program's exit code and throws
/// the exceptions of dae/error.hpp.
namespace dae {

using Command = std::function<int()>;

void add_train(CLI::App& app, Command& chosen);
void add_evaluate(CLI::App& app, Command& chosen);
void add_denoise(CLI::App& app, Command& chosen);
void add_devices(CLI::App& app, Command& chosen);
void add_summary(CLI::App& app, Command& chosen);
void add_bench(CLI::App& app, Command& chosen);
void add_version(CLI::App& app, Command& chosen);

}  // namespace dae
