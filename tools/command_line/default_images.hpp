#pragma once

#include <string>

#include "tools/command_line/flags.hpp"

namespace dae {

/// The folder of images that stands for MNIST where a flag is left out.
inline constexpr const char* default_images = "data/mnist";

/// The images that a flag with the default default_images stands for: its value where the command line or a resumed run
/// gives one; else data/mnist in the current folder, or those beside the program. Throws InputError where neither is.
std::string images_for(const std::string& flag, const std::string& value, const Flags& given);

}  // namespace dae
