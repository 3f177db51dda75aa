#include "host/files/sha256.hpp"

#include <string>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

using dae::Sha256;

namespace {

std::string hash_in_pieces(const std::string& text, std::size_t piece) {
  Sha256 hash;
  for (std::size_t i = 0; i < text.size(); i += piece) {
    const std::string part = text.substr(i, piece);
    hash.add({reinterpret_cast<const std::uint8_t*>(part.data()), part.size()});
  }
  return hash.finish();
}

}  // namespace

TEST_CASE("SHA-256 of the standard's examples", "[sha256]") {
  // FIPS 180-4's example messages, as published with it.
  const std::string two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  CHECK(hash_in_pieces("", 1) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hash_in_pieces("abc", 3) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hash_in_pieces(two_blocks, 7) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hash_in_pieces(std::string(1'000'000, 'a'), 997) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 does not depend on the pieces, at any length around a block", "[sha256]") {
  for (std::size_t length = 50; length < 140; ++length) {
    const std::string text(length, 'x');
    CHECK(hash_in_pieces(text, 1) == hash_in_pieces(text, length));
  }
}

TEST_CASE("SHA-256 of a file", "[sha256]") {
  const TempFolder folder;
  CHECK(dae::sha256_of_file(folder.put("f", "abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK_THROWS_AS(dae::sha256_of_file(folder / "missing"), dae::InputError);
}
