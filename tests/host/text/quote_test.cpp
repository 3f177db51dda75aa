#include "host/text/quote.hpp"

#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"

using dae::brief;
using dae::quote;

TEST_CASE("quote keeps readable text", "[quote]") {
  CHECK(quote("conv2d") == "'conv2d'");
  CHECK(quote("") == "''");
  CHECK(quote("Gr\xC3\xBC\xC3\x9F"
              "e \xE2\x82\xAC \xF0\x9F\x98\x80") ==
        "'Gr\xC3\xBC\xC3\x9F"
        "e \xE2\x82\xAC \xF0\x9F\x98\x80'");
}

TEST_CASE("quote disarms whatever could break the line or drive a terminal", "[quote]") {
  CHECK(quote("a\nb") == "'a\\x0ab'");
  CHECK(quote("\x1b[31m") == "'\\x1b[31m'");
  CHECK(quote("\x7f") == "'\\x7f'");
  CHECK(quote("\xC2\x9B") == "'\\xc2\\x9b'");
  CHECK(quote(std::string_view("\0", 1)) == "'\\x00'");
}

TEST_CASE("quote writes bytes that are not UTF-8 as numbers", "[quote]") {
  CHECK(quote("\xFF") == "'\\xff'");
  CHECK(quote("\xC0\xAF") == "'\\xc0\\xaf'");
  CHECK(quote("\xE0\x80\x80") == "'\\xe0\\x80\\x80'");
  CHECK(quote("\xED\xA0\x80") == "'\\xed\\xa0\\x80'");
  CHECK(quote("\xF4\x90\x80\x80") == "'\\xf4\\x90\\x80\\x80'");
  CHECK(quote("\xE2\x82") == "'\\xe2\\x82'");
}

TEST_CASE("quote shortens long text", "[quote]") {
  const std::string text = quote(std::string(1000, 'x'));
  CHECK(text.size() < 70);
  CHECK(text.substr(text.size() - 4) == "...'");
}

TEST_CASE("brief names a JSON value without printing a tree", "[quote]") {
  CHECK(brief(12) == "12");
  CHECK(brief("x\n") == "'x\\x0a'");
  CHECK(brief(nullptr) == "null");
  CHECK(brief(true) == "true");
  CHECK(brief(nlohmann::json::parse("[1, [2]]")) == "a list");
  CHECK(brief(nlohmann::json::parse("{\"a\": 1}")) == "an object");
}
