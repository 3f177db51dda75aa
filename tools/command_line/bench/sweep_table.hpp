#pragma once

#include <string>

#include "host/bench/sweep.hpp"

namespace dae {

/// The table that `bench --sweep` prints for people, and with --json.
std::string sweep_table(const Sweep& sweep);
std::string sweep_json(const Sweep& sweep);

}  // namespace dae
