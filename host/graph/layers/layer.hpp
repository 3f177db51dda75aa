#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dae/error.hpp"
#include "dae/graph.hpp"

namespace dae {

/// A trainable tensor as its layer declares it.
struct Weight {
  std::string_view name;  ///< "weight" or "bias".
  std::vector<int> dims;
  int fan_in = 0, fan_out = 0;  ///< 0 for a bias.
};

/// How far and at which scale a layer looks, for cutting tiles out of a large image.
struct Reach {
  int radius = 0;                  ///< Input positions that an output position sees beyond its own.
  int down = 1, up = 1;            ///< The output is `down` times smaller or `up` times larger.
  std::string_view one_size = {};  ///< Why the layer ties the graph to one size; empty where it does not.
};

/// All that is neutral about a layer, once for every device. One specialisation an op, in a file of the op's name; it
/// has to have every member of this list, or the visitors in host/graph/graph.cpp do not compile:
///
///   static constexpr std::string_view type;     // in JSON and messages: the op's own name
///   static constexpr std::string_view keras;    // in the summary table
///   static constexpr std::string_view stem;     // default node names: stem, stem_1, stem_2 ...
///   static constexpr int least_inputs, most_inputs;
///   static void check(const Op&);               // throws GraphError: an option out of bounds
///   static Shape output(const Op&, std::span<const Shape> in);          // throws ShapeError
///   static std::vector<Weight> weights(const Op&, const Shape& in);
///   static std::uint64_t multiply_adds(const Op&, const Shape& in, const Shape& out);  // of one sample
///   static Reach reach(const Op&);
///   static std::string idle(const Op&, const Shape& in);                // why it does nothing here, or ""
///   static void write(const Op&, nlohmann::json&);
///   static Op read(OptionReader&);
template <class Op>
struct Layer;

/// The members that most layers share; a specialisation inherits it and hides what differs.
struct LayerDefaults {
  static constexpr int least_inputs = 1, most_inputs = 1;
  template <class Op>
  static void check(const Op&) {}
  template <class Op>
  static Shape output(const Op&, std::span<const Shape> in) {
    return in[0];
  }
  template <class Op>
  static std::vector<Weight> weights(const Op&, const Shape&) {
    return {};
  }
  template <class Op>
  static std::uint64_t multiply_adds(const Op&, const Shape&, const Shape&) {
    return 0;
  }
  template <class Op>
  static Reach reach(const Op&) {
    return {};
  }
  template <class Op>
  static std::string idle(const Op&, const Shape&) {
    return {};
  }
  template <class Op, class Json>
  static void write(const Op&, Json&) {}
};

/// Throws GraphError when an option is out of bounds. The caller adds the layer's name.
void require_between(std::string_view option, int value, int low, int high);

/// Throws ShapeError unless all inputs have the shape of the first one, the channels apart where `any_channels`.
void require_alike(std::span<const Shape> in, bool any_channels);

/// Throws ShapeError unless the input is a feature vector.
void require_vector(const Shape& in);

}  // namespace dae
