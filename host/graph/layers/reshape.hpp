#pragma once

#include <nlohmann/json.hpp>

#include "host/graph/layers/layer.hpp"
#include "host/text/option_reader.hpp"

namespace dae {

template <>
struct Layer<Flatten> : LayerDefaults {
  static constexpr std::string_view type = "Flatten", keras = "Flatten", stem = "flatten";

  static Shape output(const Flatten&, std::span<const Shape> in) {
    return {in[0].n, 1, 1, static_cast<int>(in[0].sample_size())};
  }
  static Reach reach(const Flatten&) { return {.one_size = "it turns the image into a vector of fixed length"}; }
  static std::string idle(const Flatten&, const Shape& in) {
    return in.h == 1 && in.w == 1 ? "its input is a vector already" : "";
  }
  static Flatten read(OptionReader&) { return {}; }
};

template <>
struct Layer<Reshape> : LayerDefaults {
  static constexpr std::string_view type = "Reshape", keras = "Reshape", stem = "reshape";
  static constexpr int largest = 65536;

  static void check(const Reshape& op) {
    require_between("height", op.height, 1, largest);
    require_between("width", op.width, 1, largest);
    require_between("channels", op.channels, 1, largest);
  }
  static Shape output(const Reshape& op, std::span<const Shape> in) {
    require_vector(in[0]);
    const Shape out{in[0].n, op.height, op.width, op.channels};
    if (out.sample_size() != in[0].sample_size())
      throw ShapeError(
          fmt::format("got {} elements, wanted {} for {}", in[0].sample_size(), out.sample_size(), to_string(out)));
    return out;
  }
  static Reach reach(const Reshape&) { return {.one_size = "it makes an image of one size"}; }
  static std::string idle(const Reshape& op, const Shape&) {
    return op.height == 1 && op.width == 1 ? "its output is the same vector" : "";
  }
  static void write(const Reshape& op, nlohmann::json& out) {
    out["height"] = op.height;
    out["width"] = op.width;
    out["channels"] = op.channels;
  }
  static Reshape read(OptionReader& in) {
    Reshape op;
    op.height = in.integer("height", op.height, 1, largest);
    op.width = in.integer("width", op.width, 1, largest);
    op.channels = in.integer("channels", op.channels, 1, largest);
    return op;
  }
};

}  // namespace dae
