#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "host/checkpoint/checkpoint.hpp"
#include "host/data/idx.hpp"
#include "host/files/csv_log.hpp"
#include "host/images/codec.hpp"
#include "host/images/formats.hpp"
#include "tests/support/any_size.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/tiny_run.hpp"

using namespace dae;
using nlohmann::json;

namespace {

/// One trained network for all tests of this file.
const std::filesystem::path& trained() {
  static const TempFolder folder;
  static const std::filesystem::path out = [] {
    train_tiny(folder / "run");
    return folder / "run";
  }();
  return out;
}

std::string checkpoint() { return trained() / "last.safetensors"; }

}  // namespace

TEST_CASE("evaluate prints one JSON object with every key", "[cli][evaluate]") {
  const Outcome outcome =
      run_program({"evaluate", "--checkpoint", checkpoint(), "--data", DAE_DATA "/mnist", "--limit", "90", "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(std::count(outcome.out.begin(), outcome.out.end(), '\n') == 1);
  const json object = json::parse(outcome.out);
  for (const char* key : {"bce", "bce_floor", "excess", "mse", "psnr", "psnr_of_mean_mse", "ssim", "noisy_bce",
                          "noisy_mse", "noisy_psnr", "noisy_psnr_of_mean_mse", "noisy_ssim"}) {
    INFO(key);
    REQUIRE(object.contains(key));
    CHECK(std::isfinite(object[key].get<double>()));
  }
  CHECK(object["excess"].get<double>() == Approx(object["bce"].get<double>() - object["bce_floor"].get<double>()));
  // The same images, noise and weights as the last validation; history.csv has 8 digits, dB 6.
  const auto history = read_csv(trained() / "history.csv");
  CHECK(object["bce"].get<double>() == Approx(history.back().at(2)).epsilon(1e-7));
  // Noise and prediction come from the host's reference here, from the device there: 1e-5 a normal.
  CHECK(object["psnr"].get<double>() == Approx(history.back().at(3)).epsilon(1e-4));
}

TEST_CASE("evaluate prints a table, and takes other noise", "[cli][evaluate]") {
  const std::vector<std::string> common = {"evaluate",        "--checkpoint", checkpoint(), "--data",
                                           DAE_DATA "/mnist", "--limit",      "20"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), common.begin(), common.end());
    return run_program(more);
  };
  const Outcome table = with({});
  CHECK(table.code == 0);
  for (const char* text : {"BCE", "floor", "MSE", "PSNR", "SSIM", "noisy input", "gaussian 0.5"}) {
    CHECK(table.out.find(text) != std::string::npos);
  }
  const json half = json::parse(with({"--json"}).out), none = json::parse(with({"--json", "--noise", "0"}).out),
             other = json::parse(with({"--json", "--seed", "5"}).out);
  CHECK(none["noisy_mse"] == 0);
  CHECK(none["noisy_psnr"] == 100);
  CHECK(none["noisy_ssim"].get<double>() == Approx(1));
  CHECK(half["noisy_mse"] != other["noisy_mse"]);
  CHECK(half["noisy_mse"].get<double>() == Approx(other["noisy_mse"].get<double>()).epsilon(0.05));
}

TEST_CASE("evaluate refuses images of another size", "[cli][evaluate]") {
  const TempFolder folder;
  write_idx(folder / "wide", {{2, 28, 30, 1}, std::vector<std::uint8_t>(2 * 28 * 30)});
  const Outcome outcome = run_program({"evaluate", "--checkpoint", checkpoint(), "--data", folder / "wide", "--json"});
  CHECK(outcome.code == 3);
  CHECK(outcome.error_lines() == 1);
  CHECK(outcome.err.find("28x30x1") != std::string::npos);
  CHECK(outcome.out.empty());
}

TEST_CASE("denoise keeps format and depth, and adds noise for demonstrations", "[cli][denoise]") {
  const TempFolder folder;
  const Picture eight{{1, 28, 28, 1}, std::vector<std::uint8_t>(784, 100)};
  const Picture sixteen{{1, 28, 28, 1}, std::vector<std::uint16_t>(784, 30000)};
  write_png(folder / "eight.png", eight);
  write_png(folder / "sixteen.png", sixteen);
  write_idx(folder / "digits", {{3, 28, 28, 1}, std::vector<std::uint8_t>(3 * 784, 50)});
  const std::string before = slurp(folder / "eight.png");
  const Outcome outcome =
      run_program({"denoise", "--checkpoint", checkpoint(), folder / "eight.png", folder / "sixteen.png",
                   folder / "digits", "--out", folder / "out", "--add-noise", "0.3"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const std::filesystem::path out = folder / "out";
  CHECK(std::holds_alternative<std::vector<std::uint8_t>>(read_png(out / "eight.png").pixels));
  CHECK(std::holds_alternative<std::vector<std::uint16_t>>(read_png(out / "sixteen.png").pixels));
  CHECK(read_idx(out / "digits").shape == Shape{3, 28, 28, 1});
  CHECK(read_idx(out / "digits-noisy").pixels != read_idx(folder / "digits").pixels);
  CHECK(slurp(out / "eight-noisy.png") != slurp(out / "eight.png"));
  CHECK(slurp(folder / "eight.png") == before);
  CHECK(std::filesystem::exists(out / "sixteen-noisy.png"));
}

TEST_CASE("denoise makes pictures of the digits in a folder", "[cli][denoise]") {
  const TempFolder folder;
  const Outcome outcome = run_program({"denoise", "--checkpoint", checkpoint(), DAE_DATA "/mnist", "--limit", "3",
                                       "--format", "png", "--out", folder.path()});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(read_png(folder / "t10k-images-idx3-ubyte" / "00002.png").shape == Shape{1, 28, 28, 1});
  CHECK_FALSE(std::filesystem::exists(folder / "t10k-images-idx3-ubyte" / "00003.png"));
}

TEST_CASE("denoise overwrites nothing unless it is told to", "[cli][denoise]") {
  const TempFolder folder;
  write_png(folder / "a.png", {{1, 28, 28, 1}, std::vector<std::uint8_t>(784, 100)});
  std::filesystem::create_directory(folder / "out");
  std::filesystem::copy(folder / "a.png", folder / "out" / "a.png");
  const auto denoise = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"denoise", "--checkpoint", checkpoint(), folder / "a.png"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  };
  const std::string before = slurp(folder / "a.png");
  const Outcome refused = denoise({"--out", folder / "out"});
  CHECK(refused.code == 4);
  CHECK(refused.error_lines() == 1);
  CHECK(slurp(folder / "out" / "a.png") == before);
  CHECK(denoise({"--out", folder / "out", "--if-exists", "skip"}).code == 0);
  CHECK(slurp(folder / "out" / "a.png") == before);
  CHECK(denoise({"--out", folder / "out", "--if-exists", "overwrite"}).code == 0);
  CHECK(slurp(folder / "out" / "a.png") != before);
  // Never onto the input itself, and never two results under one name.
  CHECK(denoise({"--out", folder.path(), "--if-exists", "overwrite"}).code == 4);
  CHECK(slurp(folder / "a.png") == before);
  CHECK(denoise({folder / "out" / "a.png", "--out", folder / "two"}).code == 4);
  CHECK_FALSE(std::filesystem::exists(folder / "two"));
}

TEST_CASE("denoise takes pictures of any size and layout in a folder, keeps the tree and goes on after a bad file",
          "[cli][denoise]") {
  const TempFolder folder;
  const std::string network = any_size(folder);
  const std::filesystem::path in = folder / "in put", out = folder / "in put" / "out";
  std::filesystem::create_directories(in / "deep");
  const std::vector<std::uint8_t> ramp = [] {
    std::vector<std::uint8_t> values(45 * 31 * 3);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint8_t>(i % 251);
    return values;
  }();
  dae::Picture colour{{1, 45, 31, 3}, ramp};
  colour.metadata.exif = dae::exif_of_orientation(6);
  dae::write_picture(in / "colour.jpg", dae::codec_named("jpeg"), colour);
  dae::write_picture(in / "new\nline.png", dae::codec_named("png"), {{1, 45 * 31, 3, 1}, ramp});
  dae::write_picture(in / "deep" / "wrong.webp", dae::codec_named("png"), {{1, 93, 45, 1}, ramp});
  std::ofstream(in / "empty.png");
  std::ofstream(in / "short.tif") << "II*";
  std::filesystem::create_directory_symlink(in, in / "deep" / "loop");
  const auto denoise = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"denoise", "--checkpoint", network, in, "--recursive", "--out", out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  };
  const Outcome outcome = denoise({});
  INFO(outcome.err);
  CHECK(outcome.code == 3);
  // Two files, a link to a folder, and the sum.
  CHECK(outcome.error_lines() == 4);
  CHECK(outcome.err.find("empty.png' is empty") != std::string::npos);
  CHECK(outcome.err.find("short.tif") != std::string::npos);
  const auto after = dae::read_picture(out / "colour.jpg");
  CHECK(after.picture.shape == colour.shape);
  CHECK(dae::orientation_of(after.picture.metadata) == 6);
  CHECK(std::filesystem::exists(out / "new\nline.png"));
  CHECK(std::filesystem::exists(out / "deep" / "wrong.webp"));
  CHECK_FALSE(std::filesystem::exists(out / "empty.png"));
  CHECK(slurp(out / "manifest.jsonl").find("\"status\":\"failed\"") != std::string::npos);
  // Again: refused before any work, unless it is told what to do. The results in --out are no inputs.
  CHECK(denoise({}).code == 4);
  CHECK(denoise({"--if-exists", "rename", "--format", "png"}).code == 3);
  CHECK(dae::read_picture(out / "deep" / "wrong.png").codec->name == "png");
  CHECK_FALSE(std::filesystem::exists(out / "out"));
}

TEST_CASE("denoise refuses two results of one name, and pictures beyond the limit", "[cli][denoise]") {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "in");
  for (const char* name : {"a.png", "a.jpg"})
    write_png(folder / "in" / name, {{1, 28, 30, 1}, std::vector<std::uint8_t>(840, 9)});
  const auto denoise = [&](const char* flag, const char* value) {
    return run_program(
        {"denoise", "--checkpoint", any_size(folder), folder / "in", "--out", folder / "out", flag, value});
  };
  CHECK(denoise("--format", "png").code == 4);
  CHECK_FALSE(std::filesystem::exists(folder / "out"));
  CHECK(denoise("--max-pixels", "839").code == 3);
}

TEST_CASE("a network of one size refuses pictures of another with the layer that ties it", "[cli][denoise]") {
  const TempFolder folder;
  write_png(folder / "wide.png", {{1, 28, 30, 1}, std::vector<std::uint8_t>(840)});
  const Outcome outcome =
      run_program({"denoise", "--checkpoint", checkpoint(), folder / "wide.png", "--out", folder / "out"});
  INFO(outcome.err);
  CHECK(outcome.code == 3);
  CHECK(outcome.error_lines() == 1);
  CHECK(outcome.err.find("wide.png") != std::string::npos);
  CHECK(outcome.err.find("28x28 only") != std::string::npos);
}
