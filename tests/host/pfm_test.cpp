#include "host/pfm.hpp"

#include <bit>
#include <cmath>
#include <cstring>

#include "catch.hpp"
#include "dae/error.hpp"
#include "temp_folder.hpp"

using namespace dae;

namespace {

std::string bytes_of(std::vector<float> values, bool big_endian = false) {
  if (big_endian)
    for (float& v : values) v = std::bit_cast<float>(__builtin_bswap32(std::bit_cast<std::uint32_t>(v)));
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

}  // namespace

TEST_CASE("a portable float map is read from the last row to the first, in either byte order", "[pfm]") {
  const TempFolder folder;
  const std::vector<float> rows = {3, 4, -0.5f, 1.5f};
  for (const bool big : {false, true}) {
    const FloatImage image =
        read_pfm(folder.put("a.pfm", std::string("Pf\n2 2\n") + (big ? "1.0\n" : "-1.0\n") + bytes_of(rows, big)));
    CHECK(image.shape == Shape{1, 2, 2, 1});
    CHECK(image.pixels == std::vector<float>{-0.5f, 1.5f, 3, 4});
  }
  CHECK(read_pfm(folder.put("c.pfm", "PF 1 1 -1.0 " + bytes_of({1, 2, 3}))).shape == Shape{1, 1, 1, 3});
}

TEST_CASE("what is no portable float map is refused by name", "[pfm]") {
  const TempFolder folder;
  for (const std::string& text :
       {std::string(), std::string("P6 1 1 255 abc"), std::string("Pf 1 x -1 "), std::string("Pf 0 1 -1 "),
        std::string("Pf 99999999 1 -1 "), std::string("Pf 1 1 -1 abc"), "Pf 1 1 -1 " + bytes_of({NAN}),
        "Pf 1 1 -1 " + bytes_of({1, 2})})
    CHECK_THROWS_WITH(read_pfm(folder.put("bad.pfm", text)), ContainsSubstring("bad.pfm"));
  CHECK_THROWS_AS(read_pfm(folder / "missing.pfm"), InputError);
}
