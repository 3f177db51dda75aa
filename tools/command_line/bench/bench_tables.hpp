#pragma once

#include <string>

#include "host/bench/bench.hpp"

namespace dae {

/// The tables that `bench` prints for people.
std::string bench_tables(const BenchReport& report);

}  // namespace dae
