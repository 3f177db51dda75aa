// Rules of the house that a compiler does not check.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

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

/// The rooms that docs/architecture.md lists, in its order.
std::vector<std::string> rooms() {
  std::vector<std::string> found;
  std::ifstream in(fs::path(DAE_SOURCE_DIR) / "docs" / "architecture.md");
  std::string line;
  while (std::getline(in, line) && line != "```") continue;
  while (std::getline(in, line) && line != "```") found.push_back(line.substr(0, line.find(' ')));
  return found;
}

/// Which of the rooms a file lies in, given below the project's folder; their number for one that lies in none.
std::size_t room_of(fs::path file, const std::vector<std::string>& rooms) {
  for (file = file.parent_path(); !file.empty(); file = file.parent_path())
    if (const auto room = std::ranges::find(rooms, file.generic_string()); room != rooms.end())
      return static_cast<std::size_t>(room - rooms.begin());
  return rooms.size();
}

/// The files between the quotes of the file's includes, below the project's folder.
std::vector<std::string> own_includes(const fs::path& file) {
  std::vector<std::string> found;
  for (const std::string& line : directives(file, {"include \""})) {
    const auto first = line.find('"') + 1;
    const std::string name = line.substr(first, line.find('"', first) - first);
    found.push_back(name.starts_with("dae/") ? "include/" + name : name);
  }
  return found;
}

}  // namespace

TEST_CASE("a file includes its own room and rooms that the architecture lists before it", "[house]") {
  const std::vector<std::string> all = rooms();
  REQUIRE(all.size() > 20);
  std::size_t looked_at = 0;
  for (const char* folder : {"include", "host", "cuda", "tools"})
    for (const fs::path& file : sources(folder)) {
      const fs::path name = fs::relative(file, DAE_SOURCE_DIR);
      INFO(name.string());
      const std::size_t room = room_of(name, all);
      CHECK(room < all.size());
      for (const std::string& included : own_includes(file)) {
        INFO(included);
        CHECK(fs::exists(fs::path(DAE_SOURCE_DIR) / included));
        CHECK(room_of(included, all) <= room);
        ++looked_at;
      }
    }
  CHECK(looked_at > 1000);
}

TEST_CASE("no folder of sources has more than 40 files", "[house]") {
  std::map<fs::path, int> files;
  for (const char* folder : {"include", "host", "cuda", "tools", "tests"})
    for (const fs::path& file : sources(folder)) ++files[file.parent_path()];
  for (const auto& [folder, count] : files) {
    INFO(folder.string());
    CHECK(count <= 40);
  }
}

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

TEST_CASE("a comment is a sentence with a subject", "[house]") {
  // These words begin a comment that has none.
  const std::regex subjectless(R"((^|[ \t])//[/!]?<? *(Of|Likewise|What|Whoever)\b)");
  for (const char* folder : {"include", "host", "cuda", "tools", "tests"})
    for (const fs::path& file : sources(folder)) {
      std::ifstream in(file);
      for (std::string line; std::getline(in, line);) {
        INFO(file.string() << ": " << line);
        CHECK((line.find("//") == std::string::npos || !std::regex_search(line, subjectless)));
      }
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
