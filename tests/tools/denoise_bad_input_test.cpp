// Files and folders that are not as they should be: a clear line each, and the others go on.
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "host/checkpoint/checkpoint.hpp"
#include "host/files/folder_lock.hpp"
#include "host/images/codec.hpp"
#include "host/images/formats.hpp"
#include "tests/support/any_size.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/png_bytes.hpp"
#include "tests/support/program.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/tiff_bytes.hpp"
#include "tests/support/unprivileged.hpp"

using namespace dae;
namespace fs = std::filesystem;

namespace {

using Bytes = std::vector<std::uint8_t>;

/// A folder "in" with two good pictures, and a network.
class Bench {
 public:
  Bench() : network_(any_size(folder)) {
    fs::create_directories(folder / "in");
    write_png(folder / "in/a.png", striped(20, 30));
    write_png(folder / "in/z.png", striped(20, 30));
  }
  Outcome denoise(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"denoise", "--checkpoint", network_, "--out", folder / "out"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }
  Outcome denoise_folder(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), folder / "in");
    return denoise(more);
  }
  [[nodiscard]] bool has(const std::string& name) const { return fs::exists(folder / "out" / name); }

  const TempFolder folder;

 private:
  std::string network_;
};

/// The start of a JPEG file of four components, of which nobody says that they are not CMYK.
std::string cmyk_jpeg() {
  std::string bytes("\xFF\xD8\xFF\xC0\0\x14\x08\0\1\0\1\4", 12);
  for (const char id : {'\1', '\2', '\3', '\4'}) bytes += {id, '\x11', '\0'};
  bytes += std::string("\xFF\xDA\0\x0E\4", 5);
  for (const char id : {'\1', '\2', '\3', '\4'}) bytes += {id, '\0'};
  return bytes + std::string("\0\x3F\0\0\xFF\xD9", 6);
}

/// A TIFF file of one pixel in inks.
std::string cmyk_tiff() { return tiff_file({tiff_tags(1, 1, 5, 4)}, "inks"); }

/// A picture, a copy of another size, and a second picture.
std::string pages_tiff() {
  return tiff_file({tiff_tags(1, 1, 1, 1), tiff_tags(1, 1, 1, 1, {{254, 1}}), tiff_tags(1, 1, 1, 1)}, "x");
}

/// One bad file among good ones: code and line, the good ones denoised, the bad one neither written nor touched.
void check_left_out(const Bench& bench, const std::string& name, const std::string& word,
                    const std::vector<std::string>& more = {}) {
  const std::string before = slurp(bench.folder / "in" / name);
  const Outcome outcome = bench.denoise_folder(more);
  INFO(name << ": " << outcome.err);
  CHECK(outcome.code == 3);
  CHECK(outcome.error_lines() == 2);  // The file and the sum.
  CHECK_THAT(outcome.err, ContainsSubstring(name) && ContainsSubstring(word) && ContainsSubstring("1 of 3 files"));
  CHECK(bench.has("a.png"));
  CHECK(bench.has("z.png"));
  CHECK_FALSE(bench.has(name));
  CHECK(slurp(bench.folder / "in" / name) == before);
  CHECK_THAT(slurp(bench.folder / "out" / "manifest.jsonl"), ContainsSubstring("\"status\":\"failed\""));
}

}  // namespace

TEST_CASE("a damaged file is told and left out", "[cli][denoise][bad]") {
  const std::string whole = codec_named("jpeg").encode(striped(40, 40, 3), {});
  const std::string png = encode_png(striped(40, 40));
  const auto [name, bytes, word] = GENERATE_REF(
      table<std::string, std::string, std::string>({{"cut.jpg", whole.substr(0, whole.size() / 2), "Premature end"},
                                                    {"cut.png", png.substr(0, png.size() / 2), ""},
                                                    {"ink.jpg", cmyk_jpeg(), "CMYK"},
                                                    {"ink.tif", cmyk_tiff(), "CMYK"},
                                                    {"pages.tif", pages_tiff(), "several pictures"},
                                                    {"zero.png", "", "is empty"},
                                                    {"text.tif", "no picture at all", "is no image"},
                                                    {"nothing.png", png_file(png_header(0, 5, 8, 0), {}), ""}}));
  const Bench bench;
  (void)bench.folder.put("in/" + name, bytes);
  check_left_out(bench, name, word);
}

TEST_CASE("a picture that claims too many pixels is refused, and the limit can be raised", "[cli][denoise][bad]") {
  const Bench bench;
  // 4,000 x 4,000 pixels of one colour in a few kilobytes.
  write_png(bench.folder / "in/bomb.png", {{1, 4000, 4000, 1}, Bytes(std::size_t{16'000'000}, 7)});
  const std::vector<std::string> limit = {"--max-pixels", "15999999"};
  check_left_out(bench, "bomb.png", "--max-pixels", limit);
  const Outcome outcome =
      bench.denoise_folder({"--max-pixels", "16000000", "--if-exists", "overwrite", "--strength", "0"});
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(bench.has("bomb.png"));
}

TEST_CASE("pictures of unusual kinds are read", "[cli][denoise][bad]") {
  const Bench bench;
  const std::string palette = png_chunk("PLTE", std::string("\0\0\0\xff\x80\0\x10\x20\x30", 9));
  (void)bench.folder.put("in/palette.png",
                         png_file(png_header(3, 2, 8, 3), {std::string("\0\1\2", 3), "\1\2\1"}, palette));
  // A 1x1 interlaced file is its first pass alone.
  (void)bench.folder.put("in/interlaced.png", png_file(png_header(1, 1, 8, 0, 1), {"\x50"}));
  write_png(bench.folder / "in/dot.png", striped(1, 1));
  write_png(bench.folder / "in/long.png", striped(1, 65500));
  write_png(bench.folder / "in/high.png", striped(65500, 1));
  (void)bench.folder.put("in/wrong.jpg", encode_png(striped(9, 9)));
  const Outcome outcome = bench.denoise_folder();
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(read_png(bench.folder / "out/palette.png").shape == Shape{1, 2, 3, 3});
  CHECK(read_png(bench.folder / "out/interlaced.png").shape == Shape{1, 1, 1, 1});
  CHECK(read_png(bench.folder / "out/long.png").shape == Shape{1, 1, 65500, 1});
  CHECK(read_png(bench.folder / "out/high.png").shape == Shape{1, 65500, 1, 1});
  // As the file is, not as it is called.
  CHECK(read_picture(bench.folder / "out/wrong.jpg").codec->name == "png");
}

TEST_CASE("missing files and patterns that fit nothing are told, the others go on", "[cli][denoise][bad]") {
  const Bench bench;
  const Outcome outcome = bench.denoise({bench.folder / "in/missing.png", bench.folder / "in/[a-y].png",
                                         bench.folder / "in/*.gif", bench.folder / "nowhere/"});
  INFO(outcome.err);
  CHECK(outcome.code == 3);
  CHECK(outcome.error_lines() == 4);
  for (const char* word : {"missing.png", "*.gif", "nowhere", "3 of 4 files"})
    CHECK_THAT(outcome.err, ContainsSubstring(word));
  CHECK(bench.has("a.png"));
  CHECK_FALSE(bench.has("z.png"));
}

TEST_CASE("a file that vanishes meanwhile is told", "[cli][denoise][bad]") {
  // A link that leads nowhere is there when the folder is listed and is not when it is read.
  const Bench bench;
  fs::create_symlink("gone", bench.folder / "in/gone.png");
  fs::create_symlink("loop.png", bench.folder / "in/loop.png");
  ::mkfifo((bench.folder / "in/pipe.png").c_str(), 0666);
  const Outcome outcome = bench.denoise_folder();
  INFO(outcome.err);
  CHECK(outcome.code == 3);
  CHECK(outcome.error_lines() == 4);
  CHECK_THAT(outcome.err, ContainsSubstring("gone.png': No such file") && ContainsSubstring("loop.png': Too many") &&
                              ContainsSubstring("a FIFO"));
  CHECK(bench.has("z.png"));
}

TEST_CASE("folders that cannot be read and links in a circle are told", "[cli][denoise][bad]") {
  const Bench bench;
  fs::create_directories(bench.folder / "in/locked");
  fs::create_directories(bench.folder / "in/open");
  write_png(bench.folder / "in/open/b.png", striped(9, 9));
  fs::create_directory_symlink(bench.folder / "in", bench.folder / "in/open/round");
  fs::permissions(bench.folder / "in/locked", fs::perms::none);
  fs::create_directories(bench.folder / "out");
  for (const char* name : {".", "out"}) fs::permissions(bench.folder / name, fs::perms::all);
  Outcome outcome;
  {
    const Unprivileged nobody;
    outcome = bench.denoise_folder({"--recursive"});
  }
  fs::permissions(bench.folder / "in/locked", fs::perms::owner_all);
  INFO(outcome.err);
  if (outcome.code == 127) {
    WARN("the program cannot be run without root's rights where it lies: not shown");
    return;
  }
  CHECK(outcome.code == 3);
  CHECK_THAT(outcome.err, ContainsSubstring("locked' cannot be read") || ContainsSubstring("locked': cannot be read"));
  CHECK_THAT(outcome.err, ContainsSubstring("round' is a link to a folder"));
  for (const char* name : {"a.png", "z.png", "open/b.png"}) CHECK(bench.has(name));
}

TEST_CASE("names of any bytes are kept, and told in one line of valid JSON", "[cli][denoise][bad]") {
  const Bench bench;
  const std::vector<std::string> names = {"with space.png", "new\nline.png",   "\xff\xfe.png", "\"quoted\" \\.png",
                                          "-dash.png",      "\x1b[31mred.png", "\xc3\xa4.png"};
  for (const std::string& name : names) write_png(bench.folder / "in" / name, striped(8, 9));
  (void)bench.folder.put("in/bad\n\x80.png", "nothing");
  const Outcome outcome = bench.denoise_folder({"--json"});
  INFO(outcome.err);
  CHECK(outcome.code == 3);
  CHECK(outcome.error_lines() == 2);
  CHECK_THAT(outcome.err, ContainsSubstring("bad\\x0a\\x80.png"));
  for (const std::string& name : names) CHECK(bench.has(name));
  std::istringstream printed(outcome.out);
  std::size_t lines = 0;
  for (std::string line; std::getline(printed, line); ++lines) CHECK(nlohmann::json::accept(line));
  CHECK(lines == names.size() + 2);
  std::ifstream manifest(bench.folder / "out/manifest.jsonl");
  bool found = false;
  for (std::string line; std::getline(manifest, line);) {
    const auto entry = nlohmann::json::parse(line);
    found = found || entry.value("output_hex", "") == "fffe2e706e67";
  }
  CHECK(found);
  // So it is known again.
  const Outcome again = bench.denoise_folder({"--if-exists", "skip"});
  CHECK_THAT(again.out, ContainsSubstring("9 files were done already"));
}

TEST_CASE("a full disk fails the files that do not fit, and leaves no part of one", "[cli][denoise][bad]") {
  const Bench bench;
  fs::create_directories(bench.folder / "out");
  const SmallDisk disk(bench.folder / "out", 64 << 10);
  if (!disk.mounted()) {
    WARN("no file system may be mounted here: not shown");
    return;
  }
  // Noise that no format can make smaller: 90,000 bytes.
  Picture large = striped(300, 300);
  std::uint32_t state = 1;
  for (std::uint8_t& pixel : std::get<0>(large.pixels)) pixel = static_cast<std::uint8_t>((state *= 69069U) >> 24U);
  write_png(bench.folder / "in/large.png", large);
  const Outcome outcome = bench.denoise_folder();
  INFO(outcome.err);
  CHECK(outcome.code == 4);
  CHECK(outcome.error_lines() == 2);
  CHECK_THAT(outcome.err, ContainsSubstring("large.png") && ContainsSubstring("No space left"));
  CHECK(read_png(bench.folder / "out/a.png").shape == striped(20, 30).shape);
  CHECK(read_png(bench.folder / "out/z.png").shape == striped(20, 30).shape);
  CHECK_FALSE(bench.has("large.png"));
  for (const auto& entry : fs::directory_iterator(bench.folder / "out")) CHECK(entry.path().extension() != ".tmp");
}

TEST_CASE("what cannot all be kept apart is refused before any work", "[cli][denoise][bad]") {
  const Bench bench;
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& word) {
    const Outcome outcome = bench.denoise(arguments);
    INFO(outcome.err);
    CHECK(outcome.code == 4);
    CHECK(outcome.error_lines() == 1);
    CHECK_THAT(outcome.err, ContainsSubstring(word));
    CHECK_FALSE(fs::exists(bench.folder / "out"));
  };
  const fs::path in = bench.folder / "in";
  // One name with two endings; one name in two folders.
  write_picture(in / "a.tif", codec_named("tiff"), striped(5, 5));
  refused({in, "--format", "png"}, "rename");
  fs::create_directories(in / "deep");
  write_png(in / "deep/a.png", striped(5, 5));
  refused({in / "a.png", in / "deep/a.png"}, "both results would be");
  // A result where another's folder has to be, and in the manifest's place.
  fs::create_directories(in / "tree/a.png");
  write_png(in / "tree/a.png/b.png", striped(5, 5));
  refused({in / "tree", in / "a.png", "--recursive"}, "needs the folder");
  fs::copy(in / "a.png", in / "manifest.jsonl");
  refused({in / "manifest.jsonl"}, "manifest.jsonl");
  // A result in place of an input, by whatever name.
  const Outcome outcome = bench.denoise({in, "--if-exists", "overwrite", "--out", in / "../in/."});
  CHECK(outcome.code == 2);  // --out is given twice
  const std::string before = slurp(in / "a.png");
  const Outcome onto = run_program(
      {"denoise", "--checkpoint", any_size(bench.folder), in, "--out", in / "../in/.", "--if-exists", "overwrite"});
  CHECK(onto.code == 4);
  CHECK_THAT(onto.err, ContainsSubstring("is an input"));
  CHECK(slurp(in / "a.png") == before);
}

TEST_CASE("results that a pattern takes along are no inputs", "[cli][denoise][bad]") {
  const Bench bench;
  const auto denoise = [&](const std::vector<std::string>& inputs) {
    std::vector<std::string> arguments = {
        "denoise", "--checkpoint", any_size(bench.folder), "--out", bench.folder / "in/out", "--if-exists", "skip"};
    arguments.insert(arguments.end(), inputs.begin(), inputs.end());
    return run_program(arguments);
  };
  CHECK(denoise({bench.folder / "in/*"}).err.empty());
  write_png(bench.folder / "in/new.png", striped(20, 30));
  const Outcome again = denoise({bench.folder / "in/*"});
  INFO(again.err);
  CHECK(again.code == 0);
  CHECK(again.error_lines() == 1);
  CHECK_THAT(again.err, ContainsSubstring("in/out' is the folder for results"));
  CHECK_THAT(again.out, ContainsSubstring("2 files were done already"));
  CHECK(fs::exists(bench.folder / "in/out/new.png"));
  CHECK(denoise({bench.folder / "in/out"}).code == 4);
}

TEST_CASE("a folder that another run writes into is not even looked at", "[cli][denoise][bad]") {
  const Bench bench;
  fs::create_directories(bench.folder / "out");
  write_png(bench.folder / "out/a.png", striped(20, 30));
  const FolderLock other(bench.folder / "out");
  const Outcome outcome = bench.denoise_folder();
  CHECK(outcome.code == 4);
  CHECK_THAT(outcome.err, ContainsSubstring("in use by another run"));
}

TEST_CASE("a pipe in the place of the manifest or of a result does not hold up the program", "[cli][denoise][bad]") {
  const Bench bench;
  fs::create_directories(bench.folder / "out");
  ::mkfifo((bench.folder / "out/a.png").c_str(), 0666);
  const Outcome outcome = bench.denoise_folder({"--if-exists", "overwrite"});
  INFO(outcome.err);
  CHECK(outcome.code == 4);
  CHECK(outcome.error_lines() == 2);
  CHECK_THAT(outcome.err, ContainsSubstring("out/a.png'"));
  CHECK(bench.has("z.png"));
  fs::remove(bench.folder / "out/manifest.jsonl");
  ::mkfifo((bench.folder / "out/manifest.jsonl").c_str(), 0666);
  const Outcome second = bench.denoise_folder({"--if-exists", "overwrite"});
  CHECK(second.code == 4);
  CHECK(second.error_lines() == 1);
  CHECK_THAT(second.err, ContainsSubstring("manifest.jsonl"));
}

TEST_CASE("messages go nowhere when there is nowhere to go, not into results", "[cli][denoise][bad]") {
  const Bench bench;
  (void)bench.folder.put("in/bad.png", "nothing");
  const std::string command =
      fmt::format("'{}' denoise --checkpoint '{}' --out '{}' '{}' <&- >&- 2>&-", DAE_PROGRAM,
                  any_size(bench.folder).string(), (bench.folder / "out").string(), (bench.folder / "in").string());
  CHECK(WEXITSTATUS(std::system(command.c_str())) == 3);
  for (const char* name : {"a.png", "z.png"})
    CHECK(read_png(bench.folder / "out" / name).shape == striped(20, 30).shape);
  std::ifstream manifest(bench.folder / "out/manifest.jsonl");
  for (std::string line; std::getline(manifest, line);) {
    INFO(line);
    CHECK(nlohmann::json::accept(line));
  }
}

TEST_CASE("answers that cannot be right are failures and are not written", "[cli][denoise][bad]") {
  const Bench bench;
  const Outcome outcome = run_program(
      {"denoise", "--checkpoint", any_size(bench.folder, 0), bench.folder / "in", "--out", bench.folder / "out"});
  INFO(outcome.err);
  CHECK(outcome.code == 7);
  CHECK(outcome.error_lines() == 3);
  CHECK_THAT(outcome.err, ContainsSubstring("black"));
  CHECK_FALSE(bench.has("a.png"));
}

TEST_CASE("a network that makes no picture of a picture is refused with the reason, and leaves no folder",
          "[cli][denoise][bad]") {
  const Bench bench;
  Checkpoint network;
  network.graph = {"shrinks", {}};
  network.graph.append(Input{});
  network.graph.append(Conv2d{1, 3, Padding::valid});
  network.sample = {1, 28, 28, 1};
  network.weights = std::vector<float>(10, 0.1f);
  save_checkpoint(bench.folder / "shrinks.safetensors", network);
  const Outcome outcome = run_program({"denoise", "--checkpoint", bench.folder / "shrinks.safetensors",
                                       bench.folder / "in", "--out", bench.folder / "out"});
  INFO(outcome.err);
  CHECK(outcome.code == 3);
  CHECK(outcome.error_lines() == 1);
  CHECK_THAT(outcome.err, ContainsSubstring("26x26"));
  CHECK_FALSE(fs::exists(bench.folder / "out"));
}
