#include "host/files/gzip.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/idx_bytes.hpp"

using dae::InputError;

namespace {

/// A source that gives all bytes of a text, in whatever portions it is asked for.
dae::ByteSource source(const std::string& text) {
  return [text, at = std::size_t{0}](std::span<char> into) mutable {
    const std::size_t count = std::min(into.size(), text.size() - at);
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), count, into.begin());
    at += count;
    return count;
  };
}

std::string all(const std::string& bytes, std::size_t portion) {
  const dae::ByteSource plain = dae::gunzip(source(bytes), "'f'");
  std::string result;
  std::vector<char> buffer(portion);
  for (std::size_t got = portion; got == portion;) {
    got = plain(buffer);
    result.append(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(got));
  }
  return result;
}

std::string noise(std::size_t size) {
  std::string text(size, '\0');
  unsigned state = 1;
  for (char& c : text) c = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24);
  return text;
}

}  // namespace

TEST_CASE("gunzip gives plain bytes as they are", "[gzip]") {
  const std::string text = noise(200'000);
  CHECK(all(text, 7) == text);
  CHECK(all(text, 1 << 20) == text);
  CHECK(all("", 10).empty());
  CHECK(all("\x1f", 10) == "\x1f");
}

TEST_CASE("gunzip decompresses in any portions, members in a row too", "[gzip]") {
  const std::string text = noise(200'000) + std::string(1'000'000, 'z');
  CHECK(all(gzip(text), 1000) == text);
  CHECK(all(gzip(text), 1 << 22) == text);
  CHECK(all(gzip(text) + gzip("") + gzip("more"), 1000) == text + "more");
}

TEST_CASE("gunzip finds every flipped bit of the checksums and every cut", "[gzip]") {
  const std::string whole = gzip(noise(500));
  for (std::size_t cut = 2; cut < whole.size(); ++cut) {
    REQUIRE_THROWS_WITH(all(whole.substr(0, cut), 100), ContainsSubstring("'f' ends in the middle"));
  }
  for (std::size_t bit = (whole.size() - 8) * 8; bit < whole.size() * 8; ++bit) {
    std::string bytes = whole;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    REQUIRE_THROWS_WITH(all(bytes, 100), ContainsSubstring("'f' holds damaged gzip data"));
  }
}

TEST_CASE("gunzip refuses trailing bytes", "[gzip]") {
  const std::string whole = gzip("text");
  REQUIRE_THROWS_WITH(all(whole + "x", 100), ContainsSubstring("bytes after the end of its gzip data"));
  REQUIRE_THROWS_AS(all(whole + std::string(100, '\0'), 100), InputError);
}

TEST_CASE("gunzip judges only what is asked for", "[gzip]") {
  const std::string whole = gzip(noise(500'000));
  const dae::ByteSource plain = dae::gunzip(source(whole.substr(0, whole.size() / 2)), "'f'");
  std::vector<char> buffer(1000);
  CHECK(plain(buffer) == 1000);
}
