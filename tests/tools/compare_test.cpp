#include <limits>
#include <nlohmann/json.hpp>

#include "host/images/codec.hpp"
#include "host/images/formats.hpp"
#include "tests/support/any_size.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/unprivileged.hpp"

using namespace dae;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

Picture flat(std::uint8_t value) { return {{1, 20, 24, 1}, std::vector<std::uint8_t>(480, value)}; }

}  // namespace

TEST_CASE("compare measures pictures by name, in a table, CSV, JSON and a sheet", "[cli][compare]") {
  const TempFolder folder;
  for (const char* name : {"clean/deep", "result/deep", "noisy/deep"}) fs::create_directories(folder / name);
  write_png(folder / "clean/deep/a.png", flat(51));
  write_png(folder / "clean/b, or \"c\".png", flat(51));
  write_picture(folder / "result/deep/a.tif", codec_named("tiff"), {{1, 20, 24, 1}, std::vector<float>(480, 0.21f)});
  write_png(folder / "result/b, or \"c\".png", flat(51));
  // 0.2 away, 0.1 away: 13.98 and 20 dB.
  write_picture(folder / "noisy/deep/a.tiff", codec_named("tiff"), {{1, 20, 24, 1}, std::vector<float>(480, 0.4f)});
  write_picture(folder / "noisy/b, or \"c\".tiff", codec_named("tiff"),
                {{1, 20, 24, 1}, std::vector<float>(480, 0.3f)});
  const std::vector<std::string> common = {"compare", folder / "clean", folder / "result"};
  const auto compare = [&](std::vector<std::string> more) {
    more.insert(more.begin(), common.begin(), common.end());
    return run_program(more);
  };
  const Outcome outcome =
      compare({"--noisy", folder / "noisy", "--csv", folder / "out.csv", "--sheet", folder / "sheet.png", "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const json object = json::parse(outcome.out);
  CHECK(object["images"] == 2);
  CHECK(object["photos"][1]["name"] == "deep/a.png");
  CHECK(object["photos"][1]["psnr"].get<double>() == Approx(40).margin(1e-3));
  CHECK(object["photos"][0]["psnr"] == 100);
  CHECK(object["psnr"].get<double>() == Approx(70).margin(1e-3));
  CHECK(object["photos"][0]["noisy_psnr"].get<double>() == Approx(20).margin(1e-3));
  CHECK(object["photos"][1]["noisy_psnr"].get<double>() == Approx(13.979).margin(1e-3));
  const std::string csv = slurp(folder / "out.csv");
  CHECK(
      csv.starts_with("name,width,height,channels,psnr,ssim,noisy_psnr,noisy_ssim\n"
                      "\"b, or \"\"c\"\".png\",24,20,1,100.0000,1.000000,20.0000,"));
  CHECK_THAT(csv, ContainsSubstring("\nmean,,,,70.0000,"));
  // Two rows of four.
  CHECK(read_png(folder / "sheet.png").shape == Shape{1, 30 + 2 * 200, 8 + 4 * 200, 3});
  const Outcome table = compare({"--sheet", folder / "one.png", "--sheet-rows", "1"});
  CHECK(table.code == 0);
  for (const char* text : {"PSNR", "SSIM", "deep/a.png", "mean", "70.000 dB"})
    CHECK_THAT(table.out, ContainsSubstring(text));
  CHECK_THAT(table.out, !ContainsSubstring("noisy"));
  CHECK(read_png(folder / "one.png").shape == Shape{1, 30 + 200, 8 + 3 * 200, 3});
}

TEST_CASE("compare tells what has no counterpart or does not fit, and goes on", "[cli][compare]") {
  const TempFolder folder;
  for (const char* name : {"clean", "result"}) fs::create_directories(folder / name);
  for (const char* name :
       {"clean/a.png", "clean/b.png", "clean/c.png", "clean/d.png", "result/a.png", "result/new.png"})
    write_png(folder / name, flat(9));
  write_png(folder / "result/b.png", striped(7, 7));
  (void)folder.put("result/d.png", "no picture");
  write_png(folder / "clean/e.png", flat(9));
  write_picture(folder / "result/e.tif", codec_named("tiff"),
                {{1, 20, 24, 1}, std::vector<float>(480, std::numeric_limits<float>::quiet_NaN())});
  const Outcome outcome = run_program({"compare", folder / "clean", folder / "result", "--json"});
  INFO(outcome.err);
  CHECK(outcome.code == 3);
  CHECK(outcome.error_lines() == 5);
  for (const char* text :
       {"7x7", "c.png", "d.png", "e.tif' holds values that are no", "1 results have no clean picture"})
    CHECK_THAT(outcome.err, ContainsSubstring(text));
  CHECK(json::parse(outcome.out)["failed"] == 4);
  CHECK(json::parse(outcome.out)["images"] == 1);
  CHECK(run_program({"compare", folder / "clean"}).code == 2);
  CHECK(run_program({"compare", folder / "clean", folder / "missing"}).code == 3);
  fs::create_directories(folder / "empty");
  CHECK(run_program({"compare", folder / "clean", folder / "empty"}).code == 3);
}

TEST_CASE("the folders that are compared may lie in each other", "[cli][compare]") {
  const TempFolder folder;
  fs::create_directories(folder / "shots/clean");
  fs::create_directories(folder / "shots/clean/noisy");
  for (const char* name : {"shots/a.png", "shots/clean/a.png", "shots/clean/noisy/a.png"})
    write_png(folder / name, flat(9));
  const Outcome outcome = run_program(
      {"compare", folder / "shots", folder / "shots/clean", "--noisy", folder / "shots/clean/noisy", "--json"});
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(json::parse(outcome.out)["images"] == 1);
}

TEST_CASE("compare tells of folders that it cannot read, and goes on", "[cli][compare]") {
  const TempFolder folder;
  for (const char* name : {"clean/locked", "result"}) fs::create_directories(folder / name);
  for (const char* name : {"clean/a.png", "result/a.png"}) write_png(folder / name, flat(9));
  fs::permissions(folder / "clean/locked", fs::perms::none);
  fs::permissions(folder.path(), fs::perms::all);
  Outcome outcome;
  {
    const Unprivileged nobody;
    outcome = run_program({"compare", folder / "clean", folder / "result", "--json"});
  }
  fs::permissions(folder / "clean/locked", fs::perms::owner_all);
  INFO(outcome.err);
  if (outcome.code == 127) {
    WARN("the program cannot be run without root's rights where it lies: not shown");
    return;
  }
  CHECK(outcome.code == 3);
  CHECK(outcome.error_lines() == 1);
  CHECK_THAT(outcome.err, ContainsSubstring("locked' cannot be read"));
  CHECK(json::parse(outcome.out)["images"] == 1);
  CHECK(json::parse(outcome.out)["failed"] == 1);
}
