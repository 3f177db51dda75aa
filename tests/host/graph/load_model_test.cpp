#include <sys/stat.h>

#include <string>

#include "dae/error.hpp"
#include "dae/graph.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

using dae::load_model;

TEST_CASE("a model is a preset or a JSON file", "[load_model]") {
  CHECK(load_model("conv-dae-32") == dae::preset("conv-dae-32"));
  const TempFolder folder;
  const auto path = folder.put("my-net.json", dae::to_json(dae::preset("conv-dae-16")));
  CHECK(load_model(path) == dae::preset("conv-dae-16"));
  const auto nameless = folder.put("other", R"({"layers": [{"type": "Input"}, {"type": "ReLU"}]})");
  CHECK(load_model(nameless).name == "other");
}

TEST_CASE("a model that cannot be loaded is named with its remedy", "[load_model][hostile]") {
  const TempFolder folder;
  REQUIRE_THROWS_WITH(load_model("conv-dae-23"), ContainsSubstring("conv-dae-32"));
  REQUIRE_THROWS_AS(load_model("conv-dae-23"), dae::UsageError);
  REQUIRE_THROWS_WITH(load_model(folder / "no.json"), ContainsSubstring("No such file"));
  REQUIRE_THROWS_WITH(load_model("none.json"), ContainsSubstring("No such file"));
  REQUIRE_THROWS_WITH(load_model(folder.path()), ContainsSubstring("it is a folder"));
  REQUIRE_THROWS_WITH(load_model(folder.put("a.json", "{")),
                      ContainsSubstring("a.json': the model: is not valid JSON"));
  REQUIRE_THROWS_AS(load_model(folder.put("large.json", std::string(5 << 20, ' '))), dae::InputError);
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  REQUIRE_THROWS_WITH(load_model(folder / "fifo"), ContainsSubstring("it is a FIFO"));
}
