#include <algorithm>
#include <filesystem>

#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

/// \file
/// The simulator proves something as long as it is smaller than what it stands in for, and can be read.
TEST_CASE("the simulator and its fakes have less than 3,100 lines", "[cusim]") {
  const std::filesystem::path folder = DAE_SOURCE_DIR "/tests/cusim";
  std::ptrdiff_t lines = 0;
  const auto count = [&lines](const auto& entry) {
    const auto kind = entry.path().extension();
    if (kind != ".cpp" && kind != ".hpp" && kind != ".cuh") return;
    const std::string text = slurp(entry.path());
    lines += std::ranges::count(text, '\n');
  };
  for (const auto& entry : std::filesystem::directory_iterator(folder)) count(entry);
  for (const char* part : {"cudnn", "cub"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / part)) count(entry);
  CHECK(lines > 2000);
  CHECK(lines < 3100);
}
