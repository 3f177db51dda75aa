#include "host/text/text.hpp"

#include "tests/support/catch.hpp"

TEST_CASE("text is wrapped at spaces", "[text]") {
  CHECK(dae::wrapped("", 5).empty());
  CHECK(dae::wrapped("one two three", 100) == "one two three");
  CHECK(dae::wrapped("one two three", 7) == "one two\nthree");
  CHECK(dae::wrapped("one two three", 6) == "one\ntwo\nthree");
  CHECK(dae::wrapped("unbreakable a b", 5) == "unbreakable\na b");
}

TEST_CASE("times are told as clocks do", "[text]") {
  CHECK(dae::clock_text(7.4) == "0:07");
  CHECK(dae::clock_text(754) == "12:34");
  CHECK(dae::clock_text(11100) == "3:05:00");
  CHECK(dae::clock_text(-1) == "0:00");
}
