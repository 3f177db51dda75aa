#pragma once

#include <nlohmann/json.hpp>

#include "host/graph/layers/layer.hpp"
#include "host/text/option_reader.hpp"

namespace dae {

template <>
struct Layer<Conv2d> : LayerDefaults {
  static constexpr std::string_view type = "Conv2d", keras = "Conv2D", stem = "conv2d";
  /// A kernel's elements, channels * kernel * kernel, have to fit an int.
  static constexpr int most_channels = 1 << 19, most_filters = 65536, largest_kernel = 63;

  static void check(const Conv2d& op) {
    require_between("filters", op.filters, 1, most_filters);
    require_between("kernel", op.kernel, 1, largest_kernel);
  }

  static Shape output(const Conv2d& op, std::span<const Shape> in) {
    if (in[0].c > most_channels)
      throw ShapeError(fmt::format("got {}, wanted at most {} channels", to_string(in[0]), most_channels));
    Shape out = in[0];
    out.c = op.filters;
    if (op.padding == Padding::valid) {
      out.h -= op.kernel - 1;
      out.w -= op.kernel - 1;
      if (out.h < 1 || out.w < 1)
        throw ShapeError(fmt::format("got {}, wanted at least {}x{} for a valid kernel of that size", to_string(in[0]),
                                     op.kernel, op.kernel));
    }
    return out;
  }

  static std::vector<Weight> weights(const Conv2d& op, const Shape& in) {
    const int area = op.kernel * op.kernel;
    return {{"weight", {op.filters, in.c, op.kernel, op.kernel}, in.c * area, op.filters * area},
            {"bias", {op.filters}}};
  }

  static std::uint64_t multiply_adds(const Conv2d& op, const Shape& in, const Shape& out) {
    return std::uint64_t{out.sample_size()} * static_cast<std::uint64_t>(op.kernel * op.kernel) *
           static_cast<std::uint64_t>(in.c);
  }

  static Reach reach(const Conv2d& op) {
    return {.radius = op.kernel / 2,
            .one_size = op.padding == Padding::valid && op.kernel > 1 ? "its output is smaller than its input" : ""};
  }

  static void write(const Conv2d& op, nlohmann::json& out) {
    out["filters"] = op.filters;
    out["kernel"] = op.kernel;
    out["padding"] = op.padding == Padding::same ? "same" : "valid";
  }

  static Conv2d read(OptionReader& in) {
    const Conv2d defaults;
    Conv2d op;
    op.filters = in.integer("filters", defaults.filters, 1, most_filters);
    op.kernel = in.integer("kernel", defaults.kernel, 1, largest_kernel);
    op.padding = in.choice("padding", "same", {"same", "valid"}) == "same" ? Padding::same : Padding::valid;
    return op;
  }
};

}  // namespace dae
