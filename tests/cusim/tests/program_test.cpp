#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "dae/graph.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/images/codec.hpp"
#include "tests/support/any_size.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temp_folder.hpp"

using namespace dae;

namespace {

/// The program itself, as a user runs it, with the simulator as its GPU.
std::string printed(std::vector<std::string> arguments, const Surroundings& surroundings = {}) {
  const Outcome outcome = run_program(arguments, surroundings);
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  return outcome.out;
}

std::filesystem::path tiny_model(const TempFolder& folder) {
  Graph graph{"tiny", {}};
  graph.append(Input{});
  graph.append(Conv2d{2});
  graph.append(ReLU{});
  graph.append(MaxPool2d{});
  graph.append(Upsample2d{});
  graph.append(Conv2d{1});
  graph.append(Sigmoid{});
  return folder.put("tiny.json", to_json(graph));
}

nlohmann::json record_of(const std::filesystem::path& run) { return nlohmann::json::parse(slurp(run / "run.json")); }

}  // namespace

TEST_CASE("train on a CUDA device keeps its plans, tells of its memory, and goes on with the plans", "[cusim][cli]") {
  const TempFolder folder;
  const std::string run = folder / "run", cache = folder / "plans";
  const std::vector<std::string> flags = {
      "train",        "--device", "0",          "--out",          run, "--limit", "40", "--batch", "16",
      "--plan-cache", cache,      "--val-data", DAE_DATA "/mnist"};
  std::vector<std::string> first = flags;
  for (const std::string& more : {std::string("--model"), tiny_model(folder).string(), std::string("--train-data"),
                                  std::string(DAE_DATA "/mnist"), std::string("--epochs"), std::string("1")})
    first.push_back(more);
  const std::string out = printed(first, {.environment = {{"NVIDIA_TF32_OVERRIDE", "0"}}});
  CHECK(out.find("NVIDIA_TF32_OVERRIDE=0 is set") != std::string::npos);
  CHECK(out.find("memory: weights") != std::string::npos);
  CHECK(out.find(", images ") != std::string::npos);
  CHECK(out.find("; in all ") != std::string::npos);
  const nlohmann::json record = record_of(run);
  CHECK(record.at("program").at("NVIDIA_TF32_OVERRIDE") == "0");
  // Two convolutions forward, one of them backward to its input too, and a pool.
  CHECK(record.at("plans").at("training").at("plans").size() >= 6);
  CHECK_FALSE(std::filesystem::is_empty(cache));
  const ChosenPlans plans = load_checkpoint(folder / "run/last.safetensors").plans;
  CHECK_FALSE(plans.training.empty());
  CHECK_FALSE(plans.validation.empty());

  // Choices that the cache does not have: the other one of the two engines that cusim offers for fp32 gradients.
  Checkpoint changed = load_checkpoint(folder / "run/last.safetensors");
  auto choices = nlohmann::json::parse(changed.plans.training);
  for (auto& [key, name] : choices.at("plans").items())
    if (key.starts_with("conv backward")) name = name == "A4 eng17" ? "A6 eng1" : "A4 eng17";
  changed.plans.training = choices.dump();
  save_checkpoint(folder / "run/last.safetensors", changed);
  std::vector<std::string> second = flags;
  for (const char* more : {"--resume", "--epochs", "2"}) second.emplace_back(more);
  printed(second);
  CHECK(record_of(run).at("plans").at("training") == choices);
  CHECK(record.at("plans").at("training") != choices);
  CHECK(load_checkpoint(folder / "run/last.safetensors").plans.validation == plans.validation);
}

TEST_CASE("evaluate, denoise and bench run on a CUDA device in any precision", "[cusim][cli]") {
  const TempFolder folder;
  const std::string model = tiny_model(folder), run = folder / "run", data = DAE_DATA "/mnist";
  printed({"train", "--device",     "0",    "--model",     model, "--train-data", data, "--val-data",
           data,    "--limit",      "16",   "--batch",     "8",   "--epochs",     "1",  "--out",
           run,     "--plan-cache", "none", "--precision", "bf16"});
  const std::string checkpoint = run + "/last.safetensors";
  const auto evaluate = [&](const char* device, const char* precision) {
    return nlohmann::json::parse(
               printed({"evaluate", "--device", device, "--precision", precision, "--checkpoint", checkpoint, "--data",
                        data, "--limit", "8", "--json", "--plan-cache", "none"}))
        .at("bce")
        .get<double>();
  };
  const double cpu = evaluate("cpu", "fp32");
  CHECK(evaluate("0", "fp32") == Approx(cpu).epsilon(1e-5));
  // bf16 has 8 bits: a logit of up to 4 is off by 2^-7 at most, and the mean loss by less.
  for (const char* precision : {"tf32", "bf16"}) CHECK(evaluate("0", precision) == Approx(cpu).margin(8e-3));
  CHECK(run_program({"evaluate", "--device", "cpu", "--precision", "bf16", "--checkpoint", checkpoint, "--data", data})
            .code == 2);
  printed({"denoise", "--device", "0", "--precision", "bf16", "--deterministic", "--checkpoint", checkpoint, "--limit",
           "8", "--out", folder / "out", "--plan-cache", "none", data});
  const auto report =
      nlohmann::json::parse(printed({"bench", "--device", "0", "--model", model, "--batch", "2,4", "--rounds", "1",
                                     "--precision", "tf32", "--plan-cache", "none", "--json"}));
  CHECK(report.at("device").get<std::string>().find("CUDA simulator") != std::string::npos);
  CHECK(report.at("precision") == "tf32");
  REQUIRE(report.at("results").size() == 2);
  for (const auto& result : report.at("results"))
    for (const char* key : {"step_ms", "predict_ms", "images_per_s"}) CHECK(result.at(key).get<double>() > 0);
}

TEST_CASE("a batch that the card has no room for is refused with one that fits, before training", "[cusim][cli]") {
  const TempFolder folder;
  const std::string data = DAE_DATA "/mnist";
  // 60,000 images of conv-dae-32 take 36 GB, the pretended card has 8. Timing plans for them would take the simulator
  // hours, and --deterministic does not.
  const Outcome refused =
      run_program({"train", "--device", "0", "--model", "conv-dae-32", "--batch", "60000", "--deterministic",
                   "--train-data", data, "--val-data", data, "--out", folder / "run"});
  INFO(refused.err);
  CHECK(refused.code == 6);
  CHECK_THAT(refused.out, ContainsSubstring("memory: weights"));
  const std::size_t at = refused.err.find("a batch of ");
  REQUIRE(at != std::string::npos);
  const int batch = std::stoi(refused.err.substr(at + 11));
  CHECK(batch > 3000);
  CHECK(batch < 30000);
  CHECK_FALSE(std::filesystem::exists(folder / "run/last.safetensors"));
}

TEST_CASE("denoise gives pictures of many sizes the CPU device's results", "[cusim][cli]") {
  const TempFolder folder;
  const std::string network = any_size(folder).string(), in = folder / "in";
  std::filesystem::create_directory(in);
  for (const auto& [height, width] : {std::pair{30, 41}, {52, 33}, {64, 64}, {7, 90}, {1, 1}})
    for (const int channels : {1, 3})
      write_picture(folder / fmt::format("in/{}x{}x{}.png", height, width, channels), codec_named("png"),
                    striped(height, width, channels), {});
  for (const char* device : {"0", "cpu"})
    printed({"denoise", "--device", device, "--checkpoint", network, "--out", folder / device, "--plan-cache", "none",
             "--jobs", "2:1:2", in});
  for (const auto& entry : std::filesystem::directory_iterator(in)) {
    const auto pixels = [&](const char* device) {
      return std::get<0>(read_picture(std::filesystem::path(folder / device) / entry.path().filename()).picture.pixels);
    };
    const std::vector<std::uint8_t> got = pixels("0"), wanted = pixels("cpu");
    REQUIRE(got.size() == wanted.size());
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(std::abs(got[i] - wanted[i]) <= 1);  // rounding of a last bit
  }
}

TEST_CASE("the plan cache lies where XDG says", "[cusim][cli]") {
  const TempFolder folder;
  const std::string model = tiny_model(folder), data = DAE_DATA "/mnist";
  const auto bench = [&](const std::map<std::string, std::string>& environment) {
    printed({"bench", "--device", "0", "--model", model, "--batch", "2", "--rounds", "1"},
            {.environment = environment});
  };
  bench({{"XDG_CACHE_HOME", (folder / "xdg").string()}, {"HOME", (folder / "home").string()}});
  CHECK_FALSE(std::filesystem::is_empty(folder / "xdg/dae-cuda/plans"));
  CHECK_FALSE(std::filesystem::exists(folder / "home"));
  bench({{"XDG_CACHE_HOME", "relative"}, {"HOME", (folder / "home").string()}});
  CHECK_FALSE(std::filesystem::is_empty(folder / "home/.cache/dae-cuda/plans"));
}
