#include "cuda/kernels/divisor.cuh"

#include <random>

#include "tests/support/catch.hpp"

using dae::cuda::Divisor;

TEST_CASE("multiplying divides every dividend below 2^31 exactly", "[cusim][divisor]") {
  constexpr unsigned most = 0x7FFFFFFF;
  std::mt19937 words(1);
  const auto draw = [&] { return static_cast<unsigned>(words()); };
  const auto check = [&](unsigned divisor) {
    const Divisor by(divisor);
    // A wrong multiplier shows first beside large multiples of the divisor.
    const unsigned multiple = most / divisor * divisor, some = draw() % (most / divisor + 1) * divisor;
    for (const unsigned dividend : {0u, 1u, divisor - 1, divisor, multiple - 1, multiple, most, some, draw() & most})
      if (dividend <= most && by.quotient(dividend) != dividend / divisor) FAIL(dividend << " / " << divisor);
  };
  for (unsigned divisor = 1; divisor < 100000; ++divisor) check(divisor);
  for (int i = 0; i < 100000; ++i) check(1 + (draw() & (most - 1)));
  for (int power = 1; power < 31; ++power)
    for (const unsigned divisor : {(1u << power) - 1, 1u << power, (1u << power) + 1}) check(divisor);
  check(most);
}
