#include "host/nearest.hpp"

#include <array>

#include "catch.hpp"

using dae::did_you_mean;
using dae::nearest;

namespace {
constexpr std::array<std::string_view, 4> layers = {"Conv2d", "MaxPool2d", "Upsample2d", "Dense"};
}

TEST_CASE("nearest finds the word that was meant", "[nearest]") {
  CHECK(nearest("Conv2D", layers) == "Conv2d");
  CHECK(nearest("Covn2d", layers) == "Conv2d");
  CHECK(nearest("maxpool", layers) == "MaxPool2d");
  CHECK(nearest("Desne", layers) == "Dense");
  CHECK(nearest("Dense", layers) == "Dense");
}

TEST_CASE("nearest stays silent when nothing is close", "[nearest]") {
  CHECK(nearest("", layers).empty());
  CHECK(nearest("xyzzy", layers).empty());
  CHECK(nearest("Conv2d", {}).empty());
  CHECK(nearest(std::string(1 << 20, 'D'), layers).empty());
}

TEST_CASE("nearest takes the first on a tie", "[nearest]") {
  constexpr std::array<std::string_view, 2> words = {"kernel_a", "kernel_b"};
  CHECK(nearest("kernel_x", words) == "kernel_a");
}

TEST_CASE("did_you_mean is empty or the end of a sentence", "[nearest]") {
  CHECK(did_you_mean("dense", layers) == " (did you mean 'Dense'?)");
  CHECK(did_you_mean("xyzzy", layers).empty());
}
