#pragma once

#include <memory>

#include "dae/device.hpp"

namespace dae {

/// How a program is to be computed, wherever it is asked for; see Spec.
struct Computation {
  Precision precision = Precision::fp32;
  bool deterministic = false;
  std::size_t workspace_limit = 0;
};

/// The device itself, but every Spec that it is given gets these settings.
std::unique_ptr<Device> configured(std::unique_ptr<Device> device, const Computation& computation);

}  // namespace dae
