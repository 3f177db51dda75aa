#pragma once

#include <filesystem>
#include <string_view>

namespace dae {

/// Writes all bytes through the file layer, going on after interruptions and short writes. False, with errno, when a
/// write fails.
bool write_all(int file, std::string_view bytes);

/// Throws OutputError "cannot <action> '<path>': <the system's words for the errno `reason`>".
[[noreturn]] void fail_output(std::string_view action, const std::filesystem::path& path, int reason);

}  // namespace dae
