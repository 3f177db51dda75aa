// Rules of the house that a compiler does not check.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "catch.hpp"

namespace fs = std::filesystem;

namespace {

/// Source files below one of the project's folders.
std::vector<fs::path> sources(const fs::path& folder) {
  std::vector<fs::path> found;
  const fs::path root = fs::path(DAE_SOURCE_DIR) / folder;
  if (!fs::exists(root)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const auto extension = entry.path().extension();
    if (extension == ".hpp" || extension == ".cpp" || extension == ".h" || extension == ".cu" || extension == ".cuh")
      found.push_back(entry.path());
  }
  return found;
}

/// Lines of a file that start with `#` and hold one of the words.
std::vector<std::string> directives(const fs::path& file, const std::vector<std::string>& words) {
  std::vector<std::string> found;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string::npos || line[first] != '#') continue;
    for (const std::string& word : words)
      if (line.find(word) != std::string::npos) found.push_back(line);
  }
  return found;
}

}  // namespace

TEST_CASE("CUDA's headers are included in cuda/ and tests/cusim/ and nowhere else", "[house]") {
  std::size_t looked_at = 0;
  for (const char* folder : {"include", "host", "tools", "tests"})
    for (const fs::path& file : sources(folder)) {
      if (file.string().starts_with((fs::path(DAE_SOURCE_DIR) / "tests" / "cusim").string())) continue;
      ++looked_at;
      INFO(file.string());
      for (const std::string& line : directives(file, {"include"}))
        for (const char* vendor : {"<cuda", "\"cuda", "<cudnn", "<cublas", "<curand", "<cub/", "<nvtx3", "<nvml"}) {
          INFO(line);
          // The project's own cuda/ counts as well: its headers include the vendor's.
          CHECK(line.find(vendor) == std::string::npos);
        }
    }
  CHECK(looked_at > 30);  // or the search looked in the wrong place
}

TEST_CASE("host code has no #ifdef for CUDA", "[house]") {
  for (const char* folder : {"include", "host", "tools"})
    for (const fs::path& file : sources(folder)) {
      INFO(file.string());
      CHECK(directives(file, {"__CUDACC__", "DAE_WITH_CUDA", "DAE_CUDA"}).empty());
    }
}

TEST_CASE("every test can be run by its name", "[house]") {
  const std::string begin = "TEST_CASE(\"";
  std::size_t looked_at = 0;
  for (const fs::path& file : sources("tests")) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
      if (!line.starts_with(begin)) continue;
      ++looked_at;
      const std::string name = line.substr(begin.size(), line.find('"', begin.size()) - begin.size());
      INFO(file.string() << ": " << name);
      CHECK(name.front() != '-');                  // Catch2 would take it for a flag,
      CHECK(name.find(';') == std::string::npos);  // CTest for two names.
    }
  }
  CHECK(looked_at > 300);
}
