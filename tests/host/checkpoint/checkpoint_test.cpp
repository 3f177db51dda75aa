#include "host/checkpoint/checkpoint.hpp"

#include <cerrno>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "dae/error.hpp"
#include "host/checkpoint/safetensors.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/faulty_layer.hpp"
#include "tests/support/temp_folder.hpp"

using dae::Checkpoint;
using dae::InputError;
using dae::NamedTensor;

namespace {

/// A convolution and a dense layer on 2x2 images: 2*1*1*1 + 2 + 3*8 + 3 = 31 weights.
Checkpoint small(bool with_moments = true) {
  Checkpoint result;
  result.graph.name = "small";
  result.graph.append(dae::Input{});
  result.graph.append(dae::Conv2d{2, 1});
  result.graph.append(dae::Flatten{});
  result.graph.append(dae::Dense{3});
  result.sample = {1, 2, 2, 1};
  result.noise = {{dae::Gaussian{0.25f}}, false, 77};
  result.optimizer = dae::Adam{.rate = 0.01f};
  result.step = 938;
  for (int i = 0; i < 31; ++i) result.weights.push_back(static_cast<float>(i) - 0.1f);
  for (int i = 0; i < 62 && with_moments; ++i) result.moments.push_back(static_cast<float>(i) / 3);
  result.metrics = {{"val_loss", 0.1}, {"loss", 1.0 / 3}};
  result.run = "{\"epoch\": 1, \"text\": \"\xC3\xA4\\n\"}";
  return result;
}

/// The parts of a checkpoint's file, to be spoiled one by one.
struct Parts {
  std::vector<NamedTensor> tensors;
  std::map<std::string, std::string> metadata;
  dae::TensorFile file;

  explicit Parts(const Checkpoint& checkpoint)
      : file(dae::decode_safetensors(dae::encode_checkpoint(checkpoint), "'f'")) {
    metadata = file.metadata;
    metadata.erase("sha256");  // Else every change would be met by it.
    for (const auto& entry : file.entries) tensors.push_back({entry.name, entry.dims, file.values(entry)});
  }
  [[nodiscard]] std::string complaint() const {
    const auto load = [&] { dae::decode_checkpoint(dae::encode_safetensors(tensors, metadata), "'f'"); };
    return complaint_of(load, "'f'");
  }
};

std::string complaint_with(const std::string& key, const std::string& value) {
  Parts parts(small());
  parts.metadata[key] = value;
  return parts.complaint();
}

}  // namespace

TEST_CASE("a checkpoint is loaded as it was saved", "[checkpoint]") {
  const TempFolder folder;
  const Checkpoint saved = small(GENERATE(true, false));
  dae::save_checkpoint(folder / "c.safetensors", saved);
  const Checkpoint loaded = dae::load_checkpoint(folder / "c.safetensors");
  CHECK(loaded.graph == saved.graph);
  CHECK(loaded.sample == saved.sample);
  CHECK(loaded.noise == saved.noise);
  CHECK(std::get<dae::Adam>(loaded.optimizer) == std::get<dae::Adam>(saved.optimizer));
  CHECK(loaded.step == saved.step);
  CHECK(loaded.weights == saved.weights);
  CHECK(loaded.moments == saved.moments);
  CHECK(loaded.metrics == saved.metrics);
  CHECK(loaded.run == saved.run);
  CHECK(dae::encode_checkpoint(loaded) == slurp(folder / "c.safetensors"));
}

TEST_CASE("weights are found under their names, in canonical order", "[checkpoint]") {
  const Parts parts(small());
  std::vector<std::string> names;
  for (const auto& tensor : parts.tensors) names.push_back(tensor.name);
  CHECK(names == std::vector<std::string>{"conv2d.weight", "conv2d.bias", "dense.weight", "dense.bias",
                                          "adam.m/conv2d.weight", "adam.m/conv2d.bias", "adam.m/dense.weight",
                                          "adam.m/dense.bias", "adam.v/conv2d.weight", "adam.v/conv2d.bias",
                                          "adam.v/dense.weight", "adam.v/dense.bias"});
  CHECK(parts.tensors[0].dims == std::vector<std::size_t>{2, 1, 1, 1});
  CHECK(parts.tensors[2].dims == std::vector<std::size_t>{3, 8});
  CHECK(parts.tensors[2].values[0] == 4 - 0.1f);
  CHECK(parts.tensors[4].values[0] == 0);
  CHECK(parts.tensors[8].values[0] == 31.0f / 3);
  CHECK(parts.metadata.at("step") == "938");
  CHECK(parts.metadata.at("sample") == "[2,2,1]");
}

TEST_CASE("metrics that are no numbers come back as NaN", "[checkpoint]") {
  const TempFolder folder;
  Checkpoint checkpoint = small();
  checkpoint.metrics = {{"a", std::nan("")}, {"b", std::numeric_limits<double>::infinity()}, {"c", 1e-300}};
  dae::save_checkpoint(folder / "c", checkpoint);
  const auto metrics = dae::load_checkpoint(folder / "c").metrics;
  CHECK(std::isnan(metrics.at("a")));
  CHECK(std::isnan(metrics.at("b")));
  CHECK(metrics.at("c") == 1e-300);
}

TEST_CASE("what does not fit or is not finite is not saved", "[checkpoint]") {
  const TempFolder folder;
  Checkpoint checkpoint = small();
  dae::save_checkpoint(folder / "c", checkpoint);
  const std::string good = slurp(folder / "c");
  const auto save = [&] { dae::save_checkpoint(folder / "c", checkpoint); };
  checkpoint.weights[5] = std::nanf("");
  REQUIRE_THROWS_WITH(save(), ContainsSubstring("'dense.weight'") && ContainsSubstring("step 938"));
  REQUIRE_THROWS_AS(save(), dae::NumericError);
  checkpoint.weights[5] = 0;
  checkpoint.moments[61] = std::numeric_limits<float>::infinity();
  REQUIRE_THROWS_WITH(save(), ContainsSubstring("'adam.v/dense.bias'"));
  checkpoint.moments.pop_back();
  REQUIRE_THROWS_AS(save(), dae::UsageError);
  checkpoint.moments.clear();
  checkpoint.weights.push_back(0);
  REQUIRE_THROWS_AS(save(), dae::UsageError);
  checkpoint.weights.resize(30);
  REQUIRE_THROWS_AS(save(), dae::UsageError);
  CHECK(slurp(folder / "c") == good);
}

TEST_CASE("tensors must be exactly the model's", "[checkpoint][hostile]") {
  const std::vector<float> values = {1, 2, 3};
  Parts missing(small());
  missing.tensors.erase(missing.tensors.begin() + 1);
  CHECK(missing.complaint() == "'f' lacks the tensor 'conv2d.bias' of its model");
  Parts moment(small());
  moment.tensors.pop_back();
  CHECK(moment.complaint() == "'f' lacks the tensor 'adam.v/dense.bias' of its model");
  Parts extra(small());
  extra.tensors.push_back({"conv2d_1.bias", {3}, values});
  CHECK(extra.complaint() == "'f' has the tensor 'conv2d_1.bias', which its model does not");
  Parts misshapen(small());
  misshapen.tensors[2].dims = {8, 3};
  CHECK(misshapen.complaint() == "'f' has the tensor 'dense.weight' of shape 8x3, its model wants 3x8");
  CHECK_THAT(complaint_with("graph", dae::to_json(dae::preset("conv-dae-16"))), ContainsSubstring("conv2d.weight"));
}

TEST_CASE("weights must be finite", "[checkpoint][hostile]") {
  const float bad = GENERATE(std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity());
  Parts parts(small());
  const std::vector<float> bias = {0, 0, bad};
  parts.tensors[3].values = bias;
  CHECK(parts.complaint() == "'f' is damaged: value 2 of tensor 'dense.bias' is no finite number");
}

TEST_CASE("metadata must be ours, whole and not newer", "[checkpoint][hostile]") {
  CHECK_THAT(complaint_with("format_version", "2"),
             ContainsSubstring("format 2") && ContainsSubstring("newer dae-cuda"));
  for (const auto* version : {"", "-1", "1.0", " 1", "99999999999999999999"}) {
    CHECK_THAT(complaint_with("format_version", version), ContainsSubstring("'format_version'"));
  }
  for (const auto* key : {"graph", "sample", "noise", "optimizer", "step", "metrics", "run", "format_version"}) {
    Parts parts(small());
    parts.metadata.erase(key);
    CHECK_THAT(parts.complaint(),
               ContainsSubstring(std::string(key) == "format_version" ? "no checkpoint of dae-cuda; 'dae-cuda import'"
                                                                      : "metadata has no '" + std::string(key) + "'"));
  }
}

TEST_CASE("damaged metadata is named", "[checkpoint][hostile]") {
  CHECK_THAT(complaint_with("graph", "{"), ContainsSubstring("'f' is damaged: the model: is not valid JSON"));
  CHECK_THAT(complaint_with("noise", "[]"), ContainsSubstring("the noise recipe"));
  CHECK_THAT(complaint_with("noise", "{"), ContainsSubstring("'noise': is not valid JSON"));
  CHECK_THAT(complaint_with("optimizer", R"({"type":"lbfgs"})"), ContainsSubstring("'adam'"));
  CHECK_THAT(complaint_with("step", "-1"), ContainsSubstring("'step'"));
  CHECK_THAT(complaint_with("metrics", "[]"), ContainsSubstring("'metrics'"));
  CHECK_THAT(complaint_with("metrics", R"({"a":"b"})"), ContainsSubstring("metric 'a'"));
  for (const auto* sample : {"[2,2]", "[2,2,-1]", "[2,2,4294967296]", "{}", "[2,2,1.5]"}) {
    CHECK_THAT(complaint_with("sample", sample), ContainsSubstring("'sample' must be three whole numbers"));
  }
  CHECK_THAT(complaint_with("sample", "[0,2,1]"), ContainsSubstring("does not fit its model"));
  CHECK_THAT(complaint_with("sample", "[2147483647,2147483647,2147483647]"), ContainsSubstring("does not fit"));
  CHECK_THAT(complaint_with("sample", "[3,2,1]"),
             ContainsSubstring("'dense.weight' of shape 3x8, its model wants 3x12"));
}

TEST_CASE("metadata that no checkpoint has is refused", "[checkpoint][hostile]") {
  CHECK_THAT(complaint_with("sha255", "0"), ContainsSubstring("its metadata has 'sha255', which no checkpoint has"));
}

TEST_CASE("a checkpoint of before, without a SHA-256, is still read", "[checkpoint]") {
  const Parts parts(small());
  CHECK(dae::decode_checkpoint(dae::encode_safetensors(parts.tensors, parts.metadata), "'f'").weights ==
        small().weights);
}

TEST_CASE("every flipped bit of a checkpoint's file is found", "[checkpoint][hostile]") {
  Checkpoint checkpoint = small();
  checkpoint.plans = {"{\"a\": 1}", "b"};
  const std::string whole = dae::encode_checkpoint(checkpoint);
  std::string damaged = whole;
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    damaged[bit / 8] = static_cast<char>(whole[bit / 8] ^ (1 << bit % 8));
    INFO("bit " << bit << " of " << whole.size() * 8);
    const std::string complaint = complaint_of([&] { dae::decode_checkpoint(damaged, "'f'"); }, "'f'");
    CHECK(complaint != "no error");
    damaged[bit / 8] = whole[bit / 8];
  }
}

TEST_CASE("every cut of a checkpoint's file is found", "[checkpoint][hostile]") {
  const TempFolder folder;
  const std::string whole = dae::encode_checkpoint(small());
  for (std::size_t cut = 0; cut < whole.size(); cut += 7) {
    CHECK_THROWS_AS(dae::load_checkpoint(folder.put("c", whole.substr(0, cut))), InputError);
  }
  REQUIRE_THROWS_AS(dae::load_checkpoint(folder / "none"), InputError);
  REQUIRE_THROWS_AS(dae::load_checkpoint(folder.path()), InputError);
}

TEST_CASE("while saving fails at any call, the last checkpoint stays whole", "[checkpoint][fault]") {
  const TempFolder folder;
  const auto path = folder / "last.safetensors";
  const Checkpoint first = small();
  Checkpoint second = small();
  second.step = 939;
  for (int at = 0; at < 8; ++at) {
    dae::save_checkpoint(path, first);
    FaultyLayer layer({.at = at, .error = ENOSPC, .partial = true});
    const dae::ScopedFileLayer scope(layer);
    try {
      dae::save_checkpoint(path, second);
    } catch (const dae::OutputError&) {
    }
    const auto step = dae::load_checkpoint(path).step;
    CHECK((step == 938 || step == 939));
    CHECK(folder.names() == std::vector<std::string>{"last.safetensors"});
  }
}
