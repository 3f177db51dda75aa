#include "host/text/text.hpp"
#include "tests/support/catch.hpp"

using dae::progress_bar;
using dae::progress_text;

TEST_CASE("progress tells files, speed and the time that is left", "[denoise]") {
  CHECK(progress_text(3000, 0, 0, 0, 1) == "0/3,000 files");
  CHECK(progress_text(3000, 300, 0.1, 62e6, 20) == "300/3,000 files  3.10 megapixels/s  ETA 3:00");
  CHECK(progress_text(1, 1, 1, 1e6, 4) == "1/1 files  0.25 megapixels/s  ETA 0:00");
}

TEST_CASE("the bar takes what is left of the line", "[denoise]") {
  CHECK(progress_bar("text", 0.5, 29) == "[==========          ]  text");
  CHECK(progress_bar("text", 7, 200) == "[" + std::string(40, '=') + "]  text");
  CHECK(progress_bar("a long text", 0.5, 12) == "a long text");
  CHECK(progress_bar("a long text", 0.5, 7) == "a long");
}
