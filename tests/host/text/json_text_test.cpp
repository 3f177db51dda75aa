#include "host/text/json_text.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"

using dae::InputError;
using dae::parse_json;

TEST_CASE("JSON is parsed", "[json_text]") {
  const auto value = parse_json(R"({"a": [1, {"b": "c"}, {"b": "d"}], "d": -2.5e3})", "t");
  CHECK(value["a"][1]["b"] == "c");
  CHECK(value["d"] == -2500.0);
}

TEST_CASE("what is not JSON is named with its place", "[json_text][hostile]") {
  REQUIRE_THROWS_WITH(parse_json("{\n  \"a\": nan\n}", "t"),
                      ContainsSubstring("t: is not valid JSON at line 2, column 9, near '  \"a\": nan'"));
  const std::string text =
      GENERATE(as<std::string>(), "", " ", "{", "[1,]", "{'a': 1}", "{\"a\": NaN}", "Infinity", "[1] x", "{\"a\"}",
               "// c\n1", "\"\\x\"", "01", "[1 2]", "\"\xff\"", "\"\xed\xa0\x80\"", "\"\\ud800\"", "\"a\nb\"");
  REQUIRE_THROWS_WITH(parse_json(text, "t"), ContainsSubstring("is not valid JSON at line"));
  try {
    parse_json(text, "t");
  } catch (const InputError& error) {
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
  }
}

TEST_CASE("numbers beyond a double are refused", "[json_text][hostile]") {
  REQUIRE_THROWS_WITH(parse_json("[1e999]", "t"), "t: holds a number that is too large");
  CHECK(parse_json("[123456789012345678901234567890]", "t")[0].is_number_float());
}

TEST_CASE("a key twice in one object is refused", "[json_text][hostile]") {
  REQUIRE_THROWS_WITH(parse_json(R"({"b": {"a": 1, "c": [{"a": 1}], "a": 2}})", "t"),
                      "t: has the key 'a' twice in one object");
}

TEST_CASE("deep nesting is refused", "[json_text][hostile]") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  REQUIRE_NOTHROW(parse_json(nested(32), "t"));
  REQUIRE_THROWS_WITH(parse_json(nested(33), "t"), ContainsSubstring("nested deeper than 32 levels"));
  REQUIRE_THROWS_AS(parse_json(nested(5'000'000), "t"), InputError);
  REQUIRE_THROWS_AS(parse_json(std::string(5'000'000, '['), "t"), InputError);
}

TEST_CASE("a float becomes the double that people wrote", "[json_text]") {
  CHECK(dae::pretty(0.001f) == 0.001);
  CHECK(dae::pretty(0.1f) == 0.1);
  CHECK(dae::pretty(25.0f / 255.0f) == 0.09803922);
  unsigned state = 1;
  bool same = true;
  for (int i = 0; i < 100'000; ++i) {
    state = state * 1664525U + 1013904223U;
    const float value = std::ldexp(static_cast<float>(state >> 8), static_cast<int>(state & 0x7FU) - 100);
    same = same && static_cast<float>(dae::pretty(value)) == value;
  }
  CHECK(same);
  CHECK(dae::pretty(std::numeric_limits<float>::denorm_min()) > 0);
}

TEST_CASE("dump_json bears any bytes", "[json_text]") { CHECK(dae::dump_json("a\xff") == "\"a\xEF\xBF\xBD\""); }
