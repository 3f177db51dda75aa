#pragma once

/// \file
/// The order of streams that the suite runs in.
namespace dae::test {

/// Begins the order that CUSIM_ORDER asks for: lazy, eager or random, the default, from CUSIM_SEED, 1 by default.
void restart_order();

}  // namespace dae::test
