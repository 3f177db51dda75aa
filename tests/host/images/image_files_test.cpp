#include "host/images/image_files.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/unprivileged.hpp"

using namespace dae;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> relative(const std::vector<fs::path>& files, const TempFolder& folder) {
  std::vector<std::string> names;
  for (const fs::path& file : files) names.push_back(file.lexically_relative(folder.path()));
  return names;
}

}  // namespace

TEST_CASE("images are found at any depth by their names, and links to folders are named", "[photos]") {
  const TempFolder folder;
  fs::create_directories(folder / "b/c");
  fs::create_directories(folder / "out/d");
  for (const char* name : {"z.png", "b/A.JPG", "b/c/x.tif", "out/d/result.png", "notes.txt", "new\nline\xff.webp"})
    (void)folder.put(name, "");
  fs::create_symlink("nowhere", folder / "dangling.png");
  fs::create_directory_symlink(folder.path(), folder / "b/loop");
  fs::create_directory_symlink(folder / "out", folder / "again");

  const ImageFiles all = image_files(folder.path(), {.except = {folder / "out"}});
  CHECK(relative(all.files, folder) ==
        std::vector<std::string>{"b/A.JPG", "b/c/x.tif", "dangling.png", "new\nline\xff.webp", "z.png"});
  REQUIRE(all.links.size() == 1);
  CHECK(all.links[0].path == folder / "b/loop");
  CHECK(all.unreadable.empty());
  CHECK(image_files(folder.path(), {.except = {folder / "missing"}}).files.size() == 6);

  const ImageFiles flat = image_files(folder.path(), {.recursive = false});
  CHECK(relative(flat.files, folder) == std::vector<std::string>{"dangling.png", "new\nline\xff.webp", "z.png"});
  CHECK(flat.links.empty());
}

TEST_CASE("the walk goes on after a folder that cannot be read", "[photos]") {
  const TempFolder folder;
  fs::create_directories(folder / "a");
  fs::create_directories(folder / "locked");
  fs::create_directories(folder / "z");
  (void)folder.put("a/1.png", "");
  (void)folder.put("locked/2.png", "");
  (void)folder.put("z/3.png", "");
  fs::permissions(folder.path(), fs::perms::all);
  fs::permissions(folder / "locked", fs::perms::none);
  ImageFiles found;
  {
    const Unprivileged nobody;
    found = image_files(folder.path());
  }
  fs::permissions(folder / "locked", fs::perms::owner_all);
  CHECK(relative(found.files, folder) == std::vector<std::string>{"a/1.png", "z/3.png"});
  REQUIRE(found.unreadable.size() == 1);
  CHECK(found.unreadable[0].path == folder / "locked");
  CHECK_THAT(found.unreadable[0].reason, ContainsSubstring("Permission denied"));

  const ImageFiles none = image_files(folder / "missing");
  CHECK(none.files.empty());
  REQUIRE(none.unreadable.size() == 1);
  CHECK_THAT(none.unreadable[0].reason, ContainsSubstring("No such file"));
}
