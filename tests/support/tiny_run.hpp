#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/program.hpp"

/// The arguments of a training run of a second: conv-dae-16, 90 digits in batches of 16, 2 epochs of 6
/// steps, the last of 10 digits. `more` is added at the end.
std::vector<std::string> tiny_run(const std::filesystem::path& out, const std::vector<std::string>& more = {});

/// Runs it and requires that it ends well.
void train_tiny(const std::filesystem::path& out, const std::vector<std::string>& more = {});
