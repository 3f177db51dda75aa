#include "host/noise/noise.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fixture.hpp"

using namespace dae;

TEST_CASE("noise equals an independent Philox and Box-Muller in double precision", "[random]") {
  const auto file = fixture::read("noise.json");
  for (const auto& stream : file.at("streams")) {
    CAPTURE(stream.at("seed").get<std::uint64_t>(), stream.at("sample").get<std::uint32_t>());
    const auto wanted = stream.at("normals").get<std::vector<float>>();
    std::vector<float> noise(wanted.size(), 0.0f);
    add_noise(noise, {1, 1, 30, 1}, {{Gaussian{1.0f}}, false, stream.at("seed")}, stream.at("domain").get<RngStream>(),
              stream.at("epoch"), stream.at("sample"));
    // Both compute in double; the last digit of sine and cosine near zero may still differ between libraries.
    for (std::size_t i = 0; i < noise.size(); ++i) CHECK(noise[i] == Approx(wanted[i]).epsilon(1e-6).margin(1e-7));
  }
}
