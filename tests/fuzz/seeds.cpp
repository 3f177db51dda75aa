// Writes the seed corpora: small whole files of every kind, one folder a fuzz target. Usage: fuzz-seeds FOLDER
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

#include "dae/graph.hpp"
#include "host/checkpoint/checkpoint.hpp"
#include "host/checkpoint/safetensors.hpp"
#include "host/files/atomic_file.hpp"
#include "host/images/codec.hpp"
#include "tests/support/idx_bytes.hpp"
#include "tests/support/png_bytes.hpp"

namespace {

void idx(const std::filesystem::path& folder) {
  const std::string grey = idx_bytes({2, 2, 3}, "abcdefghijkl");
  dae::write_file(folder / "grey", grey);
  dae::write_file(folder / "grey.gz", gzip(grey));
  dae::write_file(folder / "members.gz", gzip(grey.substr(0, 9)) + gzip(grey.substr(9)));
  dae::write_file(folder / "colour", idx_bytes({1, 2, 2, 3}, "abcdefghijkl"));
  dae::write_file(folder / "labels", idx_bytes({3}, "abc"));
}

void png(const std::filesystem::path& folder) {
  const std::string colours = png_chunk("PLTE", std::string("\x01\x02\x03\xFD\xFE\xFF", 6));
  const std::string clear = png_chunk("tRNS", "\x80"), key = png_chunk("tRNS", std::string("\0a", 2));
  const std::string index("\x01\x00", 2);
  dae::write_file(folder / "grey1", png_file(png_header(3, 1, 1, 0), {"\xA0"}));
  dae::write_file(folder / "grey4", png_file(png_header(3, 1, 4, 0), {"\xF0\x50"}));
  dae::write_file(folder / "grey8", png_file(png_header(3, 2, 8, 0), {"abc", "def"}));
  dae::write_file(folder / "key", png_file(png_header(2, 1, 8, 0), {"ab"}, key));
  dae::write_file(folder / "rgb8", png_file(png_header(1, 2, 8, 2), {"abc", "def"}));
  dae::write_file(folder / "palette", png_file(png_header(2, 1, 8, 3), {index}, colours + clear));
  dae::write_file(folder / "alpha16", png_file(png_header(1, 1, 16, 4), {"abcd"}));
  dae::write_file(folder / "rgba16", png_file(png_header(1, 1, 16, 6), {"abcdefgh"}));
  dae::write_file(folder / "interlaced", png_file(png_header(3, 3, 8, 0, 1), {"a", "c", "gi", "b", "h", "def"}));
  dae::write_file(folder / "text", png_file(png_header(1, 1, 8, 0), {"x"}, png_chunk("tEXt", std::string("k\0v", 3))));
}

dae::Graph skips() {
  dae::Graph graph{"skips", {}};
  const int input = graph.append(dae::Input{});
  const int conv = graph.append(dae::Conv2d{2, 5});
  graph.append(dae::ReLU{});
  graph.append(dae::MaxPool2d{2});
  const int up = graph.append(dae::Upsample2d{2});
  graph.append(dae::Concat{}, {up, conv});
  const int last = graph.append(dae::Conv2d{1, 1, dae::Padding::valid});
  graph.append(dae::Add{}, {last, input});
  graph.append(dae::Subtract{}, {input, last + 1});
  return graph;
}

dae::Graph dense() {
  dae::Graph graph{"dense", {}};
  graph.append(dae::Input{});
  graph.append(dae::Flatten{});
  graph.append(dae::Dense{4});
  graph.append(dae::Reshape{2, 2, 1});
  graph.append(dae::Sigmoid{});
  return graph;
}

void model(const std::filesystem::path& folder) {
  dae::write_file(folder / "skips", dae::to_json(skips()));
  dae::write_file(folder / "dense", dae::to_json(dense()));
  for (const auto name : dae::preset_names()) dae::write_file(folder / name, dae::to_json(dae::preset(name)));
}

dae::Checkpoint small(bool with_moments) {
  dae::Checkpoint result;
  result.graph = dense();
  result.sample = {1, 2, 2, 1};
  result.noise.parts = {dae::Gaussian{}};
  result.step = 7;
  result.weights.assign(20, 0.5f);
  if (with_moments) result.moments.assign(40, 0.25f);
  result.metrics = {{"val_loss", 0.25}};
  result.run = "{}";
  return result;
}

void safetensors(const std::filesystem::path& folder) {
  dae::write_file(folder / "empty", dae::encode_safetensors({}, {}));
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  const std::vector<dae::NamedTensor> tensors = {{"a", {2, 3}, values}, {"b", {}, std::span(values).first(1)}};
  dae::write_file(folder / "two", dae::encode_safetensors(tensors, {{"k", "v"}}));
  dae::write_file(folder / "checkpoint", dae::encode_checkpoint(small(false)));
}

/// In the layout that checkpoint_fuzz.cpp describes.
void checkpoint(const std::filesystem::path& folder) {
  for (const bool with_moments : {false, true}) {
    const dae::TensorFile file = dae::decode_safetensors(dae::encode_checkpoint(small(with_moments)), "seed");
    std::string bytes;
    for (const auto* key : {"graph", "sample", "format_version", "noise", "optimizer", "step", "metrics", "run"}) {
      bytes += file.metadata.at(key) + '\xFF';
    }
    std::vector<dae::NamedTensor> tensors;
    for (const auto& entry : file.entries) tensors.push_back({entry.name, entry.dims, file.values(entry)});
    dae::write_file(folder / (with_moments ? "moments" : "plain"), bytes + dae::encode_safetensors(tensors, {}));
  }
}

dae::Picture with_everything(int channels) {
  dae::Picture picture{{1, 3, 5, channels}, std::vector<std::uint8_t>(15 * static_cast<std::size_t>(channels), 90)};
  picture.metadata = {dae::exif_of_orientation(6), "<x/>", {}};
  return picture;
}

template <int codec>
void pictures(const std::filesystem::path& folder) {
  const dae::Codec& format = dae::codecs()[codec];
  for (const int channels : {1, 3}) {
    dae::Picture picture = with_everything(channels);
    dae::write_file(folder / fmt::format("{}", channels), format.encode(picture, {}));
    if (format.alpha) dae::write_file(folder / "alpha", format.encode(with_everything(4), {100}));
    picture.pixels = std::vector<std::uint16_t>(picture.shape.size(), 30000);
    if (format.deep) dae::write_file(folder / fmt::format("{}deep", channels), format.encode(picture, {}));
    picture.pixels = std::vector<float>(picture.shape.size(), 0.5f);
    if (format.real) dae::write_file(folder / fmt::format("{}real", channels), format.encode(picture, {}));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path root = argv[1];
  const auto seed = [&](const char* name, void (*write)(const std::filesystem::path&)) {
    dae::make_folder(root / name);
    write(root / name);
  };
  seed("idx-fuzz", idx);
  seed("png-fuzz", png);
  seed("jpeg-fuzz", pictures<1>);
  seed("tiff-fuzz", pictures<2>);
  seed("webp-fuzz", pictures<3>);
  seed("pnm-fuzz", pictures<4>);
  seed("model-fuzz", model);
  seed("safetensors-fuzz", safetensors);
  seed("checkpoint-fuzz", checkpoint);
}
