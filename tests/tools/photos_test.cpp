#include <nlohmann/json.hpp>

#include "host/files/file_layer.hpp"
#include "host/images/codec.hpp"
#include "host/images/formats.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temp_folder.hpp"

using namespace dae;

namespace {

/// A dozen small photos of smooth stripes, of several sizes.
std::filesystem::path photos(const TempFolder& folder) {
  std::filesystem::create_directories(folder / "photos" / "more");
  for (int n = 0; n < 12; ++n) {
    const int height = 20 + n, width = 40 - n;
    Picture picture{{1, height, width, 1}, std::vector<std::uint8_t>()};
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        std::get<0>(picture.pixels).push_back(static_cast<std::uint8_t>(128 + 60 * ((y + n * x) / 9 % 3 - 1)));
    write_png(folder / "photos" / (n % 2 == 0 ? "more" : ".") / (std::to_string(n) + ".png"), picture);
  }
  (void)folder.put("photos/broken.png", "not an image");
  return folder / "photos";
}

std::vector<std::string> run_on(const std::filesystem::path& data, const std::filesystem::path& out,
                                const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {
      "train", "--model", "dncnn-small", "--train-data", data,    "--patch",   "16",           "--crops",
      "3",     "--batch", "10",          "--noise",      "0.1",   "--no-clip", "--noise-draw", "fresh",
      "--ema", "0.9",     "--device",    "cpu",          "--out", out};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

TEST_CASE("train takes photos of any size, names what it skips and goes on to the same bytes", "[cli][photos]") {
  const TempFolder folder;
  const std::filesystem::path data = photos(folder);
  const Outcome whole = run_program(run_on(data, folder / "whole", {"--threads", "1"}));
  INFO(whole.err << whole.out);
  REQUIRE(whole.code == 0);
  CHECK_THAT(whole.out, ContainsSubstring("1 of 13 files") && ContainsSubstring("broken.png"));
  CHECK_THAT(whole.out, ContainsSubstring("train on 11 photos"));
  const auto record = nlohmann::json::parse(slurp(folder / "whole" / "run.json"));
  CHECK(record["data"]["train"]["skipped"][0]["file"] == "broken.png");
  REQUIRE(run_program(run_on(data, folder / "part", {"--threads", "3", "--stop-after-steps", "5"})).code == 0);
  REQUIRE(run_program({"train", "--resume", "--quiet", "--out", folder / "part"}).code == 0);
  CHECK(slurp(folder / "part" / "last.safetensors") == slurp(folder / "whole" / "last.safetensors"));

  const Outcome measured =
      run_program({"evaluate", "--checkpoint", folder / "whole" / "best.safetensors", "--data", data, "--json"});
  INFO(measured.err);
  // A file that it could not use is told, and is a failure.
  REQUIRE(measured.code == 3);
  CHECK_THAT(measured.err, ContainsSubstring("skipped 'broken.png'"));
  const auto result = nlohmann::json::parse(measured.out);
  CHECK(result["images"] == 12);
  CHECK(result["noise"] == "gaussian 0.1, not clipped");
  CHECK(result["photos"].size() == 12);
  // Sigma 0.1 unclipped is 20 dB; 12 images of about 1,000 pixels leave it within a tenth.
  CHECK(result["noisy_psnr"].get<double>() == Approx(20).margin(0.2));
  CHECK_THAT(measured.err, ContainsSubstring("broken.png"));
}

TEST_CASE("photos and settings that do not go together are refused", "[cli][photos]") {
  const TempFolder folder;
  const std::filesystem::path data = photos(folder);
  const auto refusal = [](const std::vector<std::string>& arguments) {
    const Outcome outcome = run_program(arguments);
    CHECK(outcome.code != 0);
    return outcome.err;
  };
  CHECK_THAT(refusal(run_on(data, folder / "out", {"--patch", "1000"})), ContainsSubstring("more than once"));
  CHECK_THAT(
      refusal({"train", "--model", "dncnn-small", "--train-data", data, "--patch", "64", "--out", folder / "out"}),
      ContainsSubstring("no image that can be used"));
  CHECK_THAT(
      refusal({"train", "--model", "unet-small", "--train-data", data, "--patch", "18", "--out", folder / "out"}),
      ContainsSubstring("multiples of 4"));
  CHECK_FALSE(std::filesystem::exists(folder / "out"));
}

TEST_CASE("evaluate takes noisy photos from files", "[cli][photos]") {
  const TempFolder folder;
  const Picture clean{{1, 20, 24, 1}, std::vector<std::uint8_t>(480, 51)};
  std::filesystem::create_directories(folder / "clean");
  std::filesystem::create_directories(folder / "noisy");
  write_png(folder / "clean" / "a.png", clean);
  write_png(folder / "clean" / "b.png", clean);
  // 51 is 0.2, so that the noise is 0.1 everywhere: 20 dB.
  write_picture(folder / "noisy" / "a.tiff", codec_named("tiff"), {clean.shape, std::vector<float>(480, 0.3f)});
  REQUIRE(run_program(run_on(photos(folder), folder / "run", {"--stop-after-steps", "1"})).code == 0);
  const std::vector<std::string> arguments = {"evaluate",       "--checkpoint",   folder / "run" / "last.safetensors",
                                              "--data",         folder / "clean", "--noisy",
                                              folder / "noisy", "--json"};
  const Outcome missing = run_program(arguments);
  CHECK(missing.code == 3);
  CHECK_THAT(missing.err, ContainsSubstring("b.png") && ContainsSubstring("no counterpart"));
  std::filesystem::remove(folder / "clean" / "b.png");
  const Outcome outcome = run_program(arguments);
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(nlohmann::json::parse(outcome.out)["noisy_psnr"].get<double>() == Approx(20).margin(1e-4));
}

TEST_CASE("photos that do not fit into memory are streamed to the same bytes", "[cli][photos][threads]") {
  const TempFolder folder;
  std::filesystem::create_directories(folder / "photos");
  for (int n = 0; n < 11; ++n) {  // 250 KB each: four of eleven fit into 1 MB
    Picture picture{{1, 500, 500, 1}, std::vector<std::uint8_t>()};
    for (int i = 0; i < 250000; ++i)
      std::get<0>(picture.pixels)
          .push_back(static_cast<std::uint8_t>(128 + 60 * ((i / 500 + n * i % 500) / 9 % 3 - 1)));
    write_png(folder / "photos" / (std::to_string(n) + ".png"), picture);
  }
  const auto run = [&](const char* out, const std::vector<std::string>& more) {
    const Outcome outcome = run_program(run_on(folder / "photos", folder / out, more));
    INFO(outcome.err << outcome.out);
    REQUIRE(outcome.code == 0);
    return outcome.out;
  };
  CHECK_THAT(run("whole", {}), !ContainsSubstring("do not fit") && ContainsSubstring("ms a step waiting for photos"));
  CHECK_THAT(run("one", {"--cache-mb", "1", "--loaders", "1"}), ContainsSubstring("of 10 photos do not fit into 1 MB"));
  run("part", {"--cache-mb", "1", "--loaders", "3", "--stop-after-steps", "4"});
  REQUIRE(run_program({"train", "--resume", "--cache-mb", "1", "--quiet", "--out", folder / "part"}).code == 0);
  const std::string whole = slurp(folder / "whole" / "last.safetensors");
  CHECK(slurp(folder / "one" / "last.safetensors") == whole);
  CHECK(slurp(folder / "part" / "last.safetensors") == whole);
  const auto record = nlohmann::json::parse(slurp(folder / "one" / "run.json"));
  CHECK(record["result"]["wait_ms"].get<double>() >= 0);
}

TEST_CASE("train and evaluate take pairs of photos and draw no noise", "[cli][photos]") {
  const TempFolder folder;
  const std::filesystem::path clean = photos(folder), noisy = folder / "noisy";
  std::filesystem::create_directories(noisy / "more");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(clean)) {
    if (!entry.is_regular_file() || entry.path().filename() == "broken.png" || entry.path().filename() == "3.png")
      continue;
    Picture picture = read_picture(entry.path()).picture;
    std::vector<float> values;
    for (const std::uint8_t p : std::get<0>(picture.pixels)) values.push_back(static_cast<float>(p) / 255 + 0.1f);
    write_picture((noisy / entry.path().lexically_relative(clean)).replace_extension(".tif"), codec_named("tiff"),
                  {picture.shape, values});
  }
  const std::vector<std::string> settings = {"--model", "dncnn-small", "--patch", "16",    "--crops",  "40",
                                             "--batch", "10",          "--lr",    "0.001", "--device", "cpu"};
  const auto train = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "train");
    arguments.insert(arguments.end(), settings.begin(), settings.end());
    return run_program(arguments);
  };
  const std::filesystem::path run = folder / "run";
  const Outcome trained = train({"--clean", clean, "--noisy", noisy, "--out", run});
  INFO(trained.err << trained.out);
  REQUIRE(trained.code == 0);
  CHECK_THAT(trained.out, ContainsSubstring("2 of 13 files") && ContainsSubstring("has no counterpart") &&
                              ContainsSubstring("noise of the photos in"));
  // The noisy ones are 0.1 brighter: 20 dB.
  CHECK_THAT(trained.out, ContainsSubstring("noisy input 20.00 dB"));
  CHECK(nlohmann::json::parse(slurp(run / "run.json"))["data"]["train"]["noisy"] == noisy.string());
  REQUIRE(run_program({"train", "--resume", "--epochs", "3", "--quiet", "--out", run}).code == 0);

  CHECK_THAT(train({"--clean", clean, "--noisy", noisy, "--noise", "0.1", "--out", folder / "no"}).err,
             ContainsSubstring("exclude each other"));
  CHECK_THAT(train({"--clean", clean, "--noisy", noisy, "--val-data", clean, "--out", folder / "no"}).err,
             ContainsSubstring("--val-noisy"));
  REQUIRE(train({"--clean", clean, "--noisy", noisy, "--val-data", clean, "--val-noisy", noisy, "--quiet", "--out",
                 folder / "own"})
              .code == 0);

  const std::vector<std::string> evaluate = {
      "evaluate", "--checkpoint", run / "best.safetensors", "--clean", clean, "--noisy", noisy, "--json"};
  CHECK_THAT(run_program(evaluate).err, ContainsSubstring("2 of 13 files make no pair"));
  std::filesystem::remove(clean / "broken.png");
  std::filesystem::remove(clean / "3.png");
  const Outcome measured = run_program(evaluate);
  INFO(measured.err);
  REQUIRE(measured.code == 0);
  const auto result = nlohmann::json::parse(measured.out);
  CHECK(result["noisy_psnr"].get<double>() == Approx(20).margin(1e-3));
  // A constant is soon learnt from pairs; from noise that was drawn it could not be.
  CHECK(result["psnr"].get<double>() > 25);
}
