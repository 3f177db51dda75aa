#include "host/checkpoint/safetensors.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temp_folder.hpp"

using dae::decode_safetensors;
using dae::encode_safetensors;
using dae::NamedTensor;
using dae::TensorFile;

namespace {

/// A file of this header and this many bytes of data.
std::string file(const std::string& header, std::size_t data = 0) {
  std::string bytes;
  for (std::size_t i = 0; i < 8; ++i) bytes += static_cast<char>(header.size() >> 8 * i & 0xFFU);
  return bytes + header + std::string(data, '\0');
}

/// A header's entry.
std::string tensor(const std::string& name, const std::string& shape, const std::string& offsets,
                   const std::string& dtype = "F32") {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
}

std::string complaint(const std::string& bytes) {
  return complaint_of([&] { decode_safetensors(bytes, "'f'"); }, "'f' ");
}

}  // namespace

TEST_CASE("tensors and metadata are read as they were written", "[safetensors]") {
  const std::vector<float> a = {1, -2.5f, 3, 4, 5, std::numeric_limits<float>::denorm_min()}, b = {7};
  const std::vector<NamedTensor> tensors = {{"z.weight", {2, 3}, a}, {"empty", {0, 4}, {}}, {"a", {}, b}};
  const std::string bytes = encode_safetensors(tensors, {{"y", "2\n\"quoted\""}, {"x", ""}});
  const TensorFile back = decode_safetensors(bytes, "'f'");
  REQUIRE(back.entries.size() == 3);
  CHECK(back.metadata == std::map<std::string, std::string>{{"x", ""}, {"y", "2\n\"quoted\""}});
  REQUIRE(back.find("z.weight") != nullptr);
  CHECK(back.find("z.weight")->dims == std::vector<std::size_t>{2, 3});
  const auto values = back.values(*back.find("z.weight"));
  CHECK(std::vector<float>(values.begin(), values.end()) == a);
  CHECK(back.find("a")->dims.empty());
  CHECK(back.values(*back.find("a"))[0] == 7);
  CHECK(back.find("empty")->size == 0);
  CHECK(back.find("b") == nullptr);
  const TempFolder folder;
  CHECK(dae::read_safetensors(folder.put("f", bytes)).entries.size() == 3);
  REQUIRE_THROWS_WITH(dae::read_safetensors(folder / "none"), ContainsSubstring("No such file"));
}

TEST_CASE("PyTorch's own file is told what to do", "[safetensors]") {
  CHECK_THAT(complaint("PK\3\4 and so on"), ContainsSubstring("one of PyTorch's own") &&
                                                ContainsSubstring("save_file") &&
                                                ContainsSubstring("'dae-cuda import'"));
}

TEST_CASE("the bytes are the format's, padded and ordered", "[safetensors]") {
  const std::vector<float> one = {1};
  const std::string bytes =
      encode_safetensors(std::vector<NamedTensor>{{"b", {1}, one}, {"a", {1, 1}, one}}, {{"k", "v"}});
  const std::string header = R"({"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                             R"("a":{"dtype":"F32","shape":[1,1],"data_offsets":[4,8]}})";
  const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
  const std::string float_one("\0\0\x80\x3f", 4);
  const std::string empty_file = file(padded);
  CHECK(bytes == empty_file + float_one + float_one);
  CHECK(empty_file.size() % 8 == 0);
  CHECK(encode_safetensors({}, {}) == file("{}      "));
}

TEST_CASE("tensors that do not fit are not written", "[safetensors]") {
  const std::vector<float> two = {1, 2};
  REQUIRE_THROWS_AS(encode_safetensors(std::vector<NamedTensor>{{"a", {3}, two}}, {}), dae::UsageError);
  REQUIRE_THROWS_AS(encode_safetensors(std::vector<NamedTensor>{{"a", {2}, two}, {"a", {2}, two}}, {}),
                    dae::UsageError);
  REQUIRE_THROWS_AS(encode_safetensors(std::vector<NamedTensor>{{"__metadata__", {2}, two}}, {}), dae::UsageError);
}

TEST_CASE("every cut is found", "[safetensors][hostile]") {
  const std::vector<float> values = {1, 2, 3};
  const std::string whole = encode_safetensors(std::vector<NamedTensor>{{"a", {3}, values}}, {{"k", "v"}});
  for (std::size_t cut = 0; cut < whole.size(); ++cut) CHECK(complaint(whole.substr(0, cut)) != "no error");
  CHECK_THAT(complaint(whole + "x"), ContainsSubstring("1 bytes follow its last tensor"));
}

TEST_CASE("a header's length is not believed", "[safetensors][hostile]") {
  std::string bytes(16, '\0');
  bytes[7] = '\x80';
  CHECK_THAT(complaint(bytes), ContainsSubstring("claims a header of 9223372036854775808 bytes, and 8 follow"));
  bytes.assign(16, '\xff');
  CHECK_THAT(complaint(bytes), ContainsSubstring("truncated"));
  CHECK_THAT(complaint(file(std::string(20'000'000, ' '))), ContainsSubstring("has a header of 20000000 bytes"));
  CHECK_THAT(complaint("hello"), ContainsSubstring("5 bytes long, too short"));
}

TEST_CASE("offsets must cover the data once", "[safetensors][hostile]") {
  const auto two = [](const std::string& first, const std::string& second, std::size_t data) {
    return complaint(file("{" + tensor("a", "[2]", first) + "," + tensor("b", "[2]", second) + "}", data));
  };
  CHECK(two("[0,8]", "[8,16]", 16) == "no error");
  CHECK(two("[8,16]", "[0,8]", 16) == "no error");
  CHECK_THAT(two("[0,8]", "[4,12]", 12), ContainsSubstring("tensor 'b' overlaps"));
  CHECK_THAT(two("[0,8]", "[0,8]", 8), ContainsSubstring("tensor 'b' overlaps"));
  CHECK_THAT(two("[0,8]", "[12,20]", 20), ContainsSubstring("hole before tensor 'b'"));
  CHECK_THAT(two("[4,12]", "[12,20]", 20), ContainsSubstring("hole before tensor 'a'"));
  CHECK_THAT(two("[0,8]", "[10,18]", 18), ContainsSubstring("begins at byte 10, no multiple of 4"));
  CHECK_THAT(two("[0,8]", "[8,16]", 12), ContainsSubstring("tensor 'b' claims the bytes [8, 16], and there are 12"));
  CHECK_THAT(two("[0,8]", "[8,12]", 12), ContainsSubstring("of shape 2 claims 4 bytes, 8 are right"));
  CHECK_THAT(two("[8,0]", "[8,16]", 16), ContainsSubstring("claims the bytes [8, 0]"));
  CHECK_THAT(two("[0,8,8]", "[8,16]", 16), ContainsSubstring("claims the bytes [0, 8, 8]"));
  CHECK_THAT(two("[0,8]", "[8,18446744073709551615]", 16), ContainsSubstring("claims the bytes"));
}

TEST_CASE("shapes must not overflow", "[safetensors][hostile]") {
  for (const auto* shape : {"[4294967296,4294967296]", "[18446744073709551615]", "[2305843009213693952,2]"}) {
    CHECK_THAT(complaint(file("{" + tensor("a", shape, "[0,0]") + "}")), ContainsSubstring("is too large"));
  }
  // 2^62 elements are 2^64 bytes, which must not be taken for none.
  CHECK_THAT(complaint(file("{" + tensor("a", "[4611686018427387904]", "[0,0]") + "}")),
             ContainsSubstring("is too large"));
  for (const auto* shape : {"[-1]", "[1.5]", "[\"1\"]", "1", "null", "[18446744073709551616]"}) {
    CHECK_THAT(complaint(file("{" + tensor("a", shape, "[0,4]") + "}", 4)),
               ContainsSubstring("tensor 'a' needs 'shape', a list of whole numbers"));
  }
}

TEST_CASE("names, dtypes and kinds are checked", "[safetensors][hostile]") {
  CHECK_THAT(complaint(file("{" + tensor("a", "[1]", "[0,4]") + "," + tensor("a", "[1]", "[4,8]") + "}", 8)),
             ContainsSubstring("key 'a' twice"));
  CHECK_THAT(complaint(file("{" + tensor("a", "[2]", "[0,4]", "F16") + "}", 4)),
             ContainsSubstring("tensor 'a' with dtype 'F16'; only 'F32'"));
  CHECK_THAT(complaint(file(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4)), ContainsSubstring("dtype none"));
  CHECK_THAT(complaint(file(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4)), ContainsSubstring("needs 'shape'"));
  CHECK_THAT(complaint(file(R"({"a":{"dtype":"F32","shape":[1]}})", 4)), ContainsSubstring("needs 'data_offsets'"));
  CHECK_THAT(complaint(file(R"({"a":3})")), ContainsSubstring("tensor 'a' must be an object, not 3"));
  CHECK_THAT(complaint(file(R"({"__metadata__":3})")), ContainsSubstring("must be an object"));
  CHECK_THAT(complaint(file(R"({"__metadata__":{"k":3}})")), ContainsSubstring("'k' must be a text"));
  CHECK_THAT(complaint(file("[]")), ContainsSubstring("must be a JSON object, not a list"));
  CHECK_THAT(complaint(file("{")), ContainsSubstring("not valid JSON"));
  CHECK_THAT(complaint(file("")), ContainsSubstring("not valid JSON"));
  CHECK_THAT(complaint(file(std::string(1000, '['))), ContainsSubstring("nested deeper"));
}
