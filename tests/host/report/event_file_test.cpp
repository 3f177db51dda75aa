#include "host/report/event_file.hpp"

#include <bit>
#include <cstring>

#include "host/files/input_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

using namespace dae;

TEST_CASE("CRC-32C gives the check values of its standard", "[tensorboard]") {
  CHECK(crc32c("123456789") == 0xe3069283u);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aau);  // RFC 3720, B.4
  CHECK(crc32c("") == 0);
}

TEST_CASE("an event file holds whole records with right checksums", "[tensorboard]") {
  const TempFolder folder;
  {
    EventFile events(folder / "logs");
    events.scalar("train/loss", 7, 0.25);
    events.png("samples", 7, 2, 3, "not really a picture");
  }
  std::filesystem::path file;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "logs")) file = entry.path();
  CHECK(file.filename().string().starts_with("events.out.tfevents."));
  const std::string bytes = read_file(file, 1 << 20);
  const auto masked = [](std::string_view text) { return std::rotr(crc32c(text), 15) + 0xa282ead8u; };
  std::vector<std::string> events;
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint64_t length = 0;
    std::uint32_t crc = 0;
    REQUIRE(at + 12 <= bytes.size());
    std::memcpy(&length, &bytes[at], 8);
    std::memcpy(&crc, &bytes[at + 8], 4);
    CHECK(crc == masked(bytes.substr(at, 8)));
    REQUIRE(at + 16 + length <= bytes.size());
    events.push_back(bytes.substr(at + 12, length));
    std::memcpy(&crc, &bytes[at + 12 + length], 4);
    CHECK(crc == masked(events.back()));
    at += 16 + length;
  }
  REQUIRE(events.size() == 3);
  // Event: double time, then file_version; step 7, then Summary{Value{tag, simple_value 0.25}} as protobuf writes them.
  using namespace std::literals;
  CHECK(events[0].substr(9) ==
        "\x1a\x0d"
        "brain.Event:2"sv);
  CHECK(events[1].substr(9) == "\x10\x07\x2a\x13\x0a\x11\x0a\x0atrain/loss\x15\x00\x00\x80\x3e"sv);
}
