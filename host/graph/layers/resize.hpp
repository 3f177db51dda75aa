#pragma once

#include <nlohmann/json.hpp>

#include "host/graph/layers/layer.hpp"
#include "host/text/option_reader.hpp"

namespace dae {

template <>
struct Layer<MaxPool2d> : LayerDefaults {
  static constexpr std::string_view type = "MaxPool2d", keras = "MaxPooling2D", stem = "max_pool2d";
  /// A window's positions are stored in 8 bits (0 to size * size - 1), hence at most 11 x 11.
  static constexpr int largest = 11;

  static void check(const MaxPool2d& op) { require_between("size", op.size, 1, largest); }
  static Shape output(const MaxPool2d& op, std::span<const Shape> in) {
    Shape out = in[0];
    out.h = (out.h + op.size - 1) / op.size;
    out.w = (out.w + op.size - 1) / op.size;
    return out;
  }
  static Reach reach(const MaxPool2d& op) { return {.down = op.size}; }
  static std::string idle(const MaxPool2d& op, const Shape& in) {
    return op.size == 1 || (in.h == 1 && in.w == 1) ? "a 1x1 window does nothing" : "";
  }
  static void write(const MaxPool2d& op, nlohmann::json& out) { out["size"] = op.size; }
  static MaxPool2d read(OptionReader& in) { return {in.integer("size", MaxPool2d{}.size, 1, largest)}; }
};

template <>
struct Layer<Upsample2d> : LayerDefaults {
  static constexpr std::string_view type = "Upsample2d", keras = "UpSampling2D", stem = "upsample2d";
  static constexpr int largest = 64;

  static void check(const Upsample2d& op) { require_between("factor", op.factor, 1, largest); }
  static Shape output(const Upsample2d& op, std::span<const Shape> in) {
    Shape out = in[0];
    out.h *= op.factor;
    out.w *= op.factor;
    return out;
  }
  static Reach reach(const Upsample2d& op) { return {.up = op.factor}; }
  static std::string idle(const Upsample2d& op, const Shape&) {
    return op.factor == 1 ? "upsampling by 1 does nothing" : "";
  }
  static void write(const Upsample2d& op, nlohmann::json& out) { out["factor"] = op.factor; }
  static Upsample2d read(OptionReader& in) { return {in.integer("factor", Upsample2d{}.factor, 1, largest)}; }
};

}  // namespace dae
