#include "host/text/option_reader.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"

using dae::GraphError;
using dae::OptionReader;
using nlohmann::json;

TEST_CASE("options are read, absent ones fall back", "[option_reader]") {
  const json object = {{"kernel", 5}, {"scale", 0.25}, {"padding", "valid"}, {"name", "c"}, {"inputs", {"a", "b"}}};
  OptionReader reader(object, "layer 'c'");
  CHECK(reader.integer("kernel", 3, 1, 99) == 5);
  CHECK(reader.integer("filters", 32, 1, 99) == 32);
  CHECK(reader.number("scale", 1, 0, 1) == 0.25);
  CHECK(reader.number("shift", 0.5, 0, 1) == 0.5);
  CHECK(reader.choice("padding", "same", {"same", "valid"}) == "valid");
  CHECK(reader.choice("mode", "nearest", {"nearest"}) == "nearest");
  CHECK(reader.text("name", "") == "c");
  CHECK(reader.texts("inputs") == std::vector<std::string>{"a", "b"});
  CHECK(reader.has("inputs"));
  CHECK_FALSE(reader.has("outputs"));
  REQUIRE_NOTHROW(reader.finish());
}

TEST_CASE("an integer must be whole and within its bounds", "[option_reader]") {
  const json value = GENERATE(json(0), json(100), json(-1), json(2.5), json(1e300), json(std::int64_t{1} << 40),
                              json(std::numeric_limits<std::uint64_t>::max()), json("3"), json(true), json(nullptr),
                              json::array({3}), json::object(), json(std::numeric_limits<double>::quiet_NaN()));
  const json object = {{"kernel", value}};
  OptionReader reader(object, "layer 'c'");
  REQUIRE_THROWS_WITH(reader.integer("kernel", 3, 1, 99),
                      ContainsSubstring("layer 'c': 'kernel' must be a whole number from 1 to 99"));
}

TEST_CASE("a whole number written with a point is an integer", "[option_reader]") {
  const json object = {{"kernel", 3.0}};
  CHECK(OptionReader(object, "layer 'c'").integer("kernel", 1, 1, 99) == 3);
}

TEST_CASE("a number must be finite and within its bounds", "[option_reader]") {
  const json value =
      GENERATE(json(1.5), json(-0.5), json("0.5"), json(nullptr), json(std::numeric_limits<double>::infinity()),
               json(std::numeric_limits<double>::quiet_NaN()));
  const json object = {{"scale", value}};
  OptionReader reader(object, "layer 'c'");
  REQUIRE_THROWS_AS(reader.number("scale", 0.5, 0, 1), GraphError);
}

TEST_CASE("a choice names what is allowed", "[option_reader]") {
  const json object = {{"padding", "full"}, {"mode", 3}};
  OptionReader reader(object, "layer 'c'");
  REQUIRE_THROWS_WITH(reader.choice("padding", "same", {"same", "valid"}),
                      "layer 'c': 'padding' must be 'same' or 'valid', not 'full'");
  REQUIRE_THROWS_AS(reader.choice("mode", "same", {"same"}), GraphError);
}

TEST_CASE("texts and lists of texts are checked", "[option_reader]") {
  const json object = {{"name", 1}, {"inputs", {"a", 2}}, {"others", "a"}};
  OptionReader reader(object, "layer 'c'");
  REQUIRE_THROWS_AS(reader.text("name", ""), GraphError);
  REQUIRE_THROWS_AS(reader.texts("inputs"), GraphError);
  REQUIRE_THROWS_AS(reader.texts("others"), GraphError);
}

TEST_CASE("flags, large whole numbers and lists are checked", "[option_reader]") {
  const json object = {{"clip", false},
                       {"seed", std::numeric_limits<std::uint64_t>::max()},
                       {"parts", {1, "a"}},
                       {"minus", -1},
                       {"float", 1.0}};
  OptionReader reader(object, "the noise");
  CHECK_FALSE(reader.flag("clip", true));
  CHECK(reader.flag("clap", true));
  CHECK(reader.whole("seed", 1) == std::numeric_limits<std::uint64_t>::max());
  CHECK(reader.whole("sead", 7) == 7);
  CHECK(reader.list("parts").size() == 2);
  REQUIRE_THROWS_AS(reader.flag("seed", true), GraphError);
  REQUIRE_THROWS_AS(reader.whole("minus", 1), GraphError);
  REQUIRE_THROWS_AS(reader.whole("float", 1), GraphError);
  REQUIRE_THROWS_AS(reader.list("clip"), GraphError);
  REQUIRE_THROWS_WITH(reader.list("none"), "the noise: has no 'none'");
}

TEST_CASE("an unknown key is refused and the nearest suggested", "[option_reader]") {
  const json object = {{"kernal", 5}};
  OptionReader reader(object, "layer 'c'");
  reader.integer("filters", 1, 1, 99);
  reader.integer("kernel", 3, 1, 99);
  REQUIRE_THROWS_WITH(reader.finish(),
                      "layer 'c': unknown key 'kernal' (did you mean 'kernel'?); it knows filters, kernel");
}

TEST_CASE("a layer must be an object", "[option_reader]") {
  const json list = json::array();
  REQUIRE_THROWS_AS(OptionReader(list, "layer 2"), GraphError);
}
