#include "host/text/quote.hpp"

#include <array>

#include "tests/support/catch.hpp"

using dae::did_you_mean;
using dae::suggest;

namespace {
constexpr std::array<std::string_view, 4> layers = {"Conv2d", "MaxPool2d", "Upsample2d", "Dense"};
}

TEST_CASE("suggest finds the word that was meant", "[suggest]") {
  CHECK(suggest("Conv2D", layers) == "Conv2d");
  CHECK(suggest("Covn2d", layers) == "Conv2d");
  CHECK(suggest("maxpool", layers) == "MaxPool2d");
  CHECK(suggest("Desne", layers) == "Dense");
  CHECK(suggest("Dense", layers) == "Dense");
}

TEST_CASE("suggest stays silent when nothing is close", "[suggest]") {
  CHECK(suggest("", layers).empty());
  CHECK(suggest("xyzzy", layers).empty());
  CHECK(suggest("Conv2d", {}).empty());
  CHECK(suggest(std::string(1 << 20, 'D'), layers).empty());
}

TEST_CASE("suggest takes the first on a tie", "[suggest]") {
  constexpr std::array<std::string_view, 2> words = {"kernel_a", "kernel_b"};
  CHECK(suggest("kernel_x", words) == "kernel_a");
}

TEST_CASE("did_you_mean is empty or the end of a sentence", "[suggest]") {
  CHECK(did_you_mean("dense", layers) == " (did you mean 'Dense'?)");
  CHECK(did_you_mean("xyzzy", layers).empty());
}
