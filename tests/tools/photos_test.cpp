#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "host/file_layer.hpp"
#include "host/images/codec.hpp"
#include "host/images/png.hpp"
#include "host/temp_folder.hpp"
#include "program.hpp"

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
  REQUIRE(run_program(run_on(data, folder / "part", {"--threads", "3", "--stop-after-steps", "5"})).code == 0);
  REQUIRE(run_program({"train", "--resume", "--quiet", "--out", folder / "part"}).code == 0);
  CHECK(slurp(folder / "part" / "last.safetensors") == slurp(folder / "whole" / "last.safetensors"));

  const Outcome measured =
      run_program({"evaluate", "--checkpoint", folder / "whole" / "best.safetensors", "--data", data, "--json"});
  INFO(measured.err);
  REQUIRE(measured.code == 0);
  const auto result = nlohmann::json::parse(measured.out);
  CHECK(result["images"] == 12);
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
  CHECK_THAT(missing.err, ContainsSubstring("b.tiff"));
  std::filesystem::remove(folder / "clean" / "b.png");
  const Outcome outcome = run_program(arguments);
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(nlohmann::json::parse(outcome.out)["noisy_psnr"].get<double>() == Approx(20).margin(1e-4));
}
