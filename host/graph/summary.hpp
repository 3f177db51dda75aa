#pragma once

#include <string>

#include "dae/device.hpp"
#include "dae/graph.hpp"

namespace dae {

/// The network as Keras prints it, with multiply-adds and activation memory of one sample beside each layer, totals and
/// warnings below. An activation that follows a layer with weights stands in that layer's row.
/// Throws GraphError and ShapeError.
std::string summary_table(const Graph&, const Shape& sample);

/// The same as one JSON object: the model file's layers (see docs/formats.md), each with `shape` (height, width,
/// channels of its output), `parameters` and `multiply_adds` of one sample.
std::string summary_json(const Graph&, const Shape& sample);

/// The device's memory that a training step will take, in one line.
std::string describe(const MemoryPlan&);

}  // namespace dae
