#include "host/evaluation/compare_folders.hpp"

#include "dae/error.hpp"
#include "host/images/formats.hpp"
#include "tests/support/any_size.hpp"
#include "tests/support/catch.hpp"

using namespace dae;

TEST_CASE("folders are compared by name, and what fails is told", "[compare]") {
  const TempFolder folder;
  for (const char* name : {"clean", "result"}) std::filesystem::create_directory(folder / name);
  write_png(folder / "clean/a.png", striped(20, 30));
  write_png(folder / "clean/b.png", striped(20, 30, 3));
  write_png(folder / "clean/c.png", striped(9, 9));
  write_png(folder / "result/a.png", striped(20, 30));
  write_png(folder / "result/b.png", striped(20, 31, 3));
  write_png(folder / "result/d.png", striped(9, 9));
  std::vector<std::string> lines;
  const ComparedFolders folders{.clean = folder / "clean", .result = folder / "result", .noisy = {}, .sheet_rows = 5};
  const FolderComparison all = compare_folders(folders, [&](std::string_view line) { lines.emplace_back(line); });
  REQUIRE(all.pictures.size() == 1);
  CHECK(all.pictures[0].name == "a.png");
  CHECK(all.pictures[0].result.psnr == 100);
  CHECK(all.mean.result.psnr == 100);
  CHECK_FALSE(all.mean.noisy);
  CHECK(all.failed == 2);
  CHECK(all.without_clean == 1);
  CHECK(all.sheet.rows() == 1);
  REQUIRE(lines.size() == 2);
  CHECK_THAT(lines[0], ContainsSubstring("b.png"));
  CHECK_THAT(lines[1], ContainsSubstring("c.png"));
  CHECK_THROWS_AS(compare_folders({.clean = folder / "none", .result = folder / "result", .noisy = {}}, [](auto) {}),
                  InputError);
}
