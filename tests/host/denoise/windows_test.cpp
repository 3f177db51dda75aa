#include "host/denoise/windows.hpp"

#include "tests/support/catch.hpp"

using dae::cut;
using dae::Extent;
using dae::WindowRule;

TEST_CASE("windows use every pixel once, see enough around it and start on the step", "[windows]") {
  for (const auto& [halo, stride, one_size] : {std::tuple{17, 1, false},
                                               {5, 4, false},
                                               {0, 1, false},
                                               {3, 8, false},
                                               {17, 1, true},
                                               {5, 4, true},
                                               {0, 2, true}}) {
    dae::WindowConstraints constraints;
    constraints.exact_halo = halo;
    constraints.stride = stride;
    const WindowRule rule(constraints, one_size);
    for (const int length : {1, 2, 7, 8, 31, 100, 257, 1000})
      for (const int window : {1, 64, 100, 300, 2000}) {
        int done = 0;
        const int padded = (length + constraints.stride - 1) / constraints.stride * constraints.stride;
        const std::vector<Extent> extents = cut(length, window, rule);
        for (const Extent& extent : extents) {
          INFO(length << " in windows of " << window << ", at " << extent.first);
          if (one_size) CHECK(extent.size == extents.front().size);
          CHECK(extent.first % rule.step == 0);
          CHECK(extent.size % constraints.stride == 0);
          CHECK(extent.used_first == done);
          CHECK(extent.used_size > 0);
          const int end = extent.first + extent.size;
          CHECK((extent.first == 0 || extent.used_first - extent.first >= constraints.exact_halo));
          CHECK((end == padded || end - extent.used_first - extent.used_size >= constraints.exact_halo));
          CHECK(end <= padded);
          done += extent.used_size;
        }
        CHECK(done == length);
      }
  }
}

TEST_CASE("reflection repeats no edge", "[windows]") {
  CHECK(dae::reflected(-1, 4) == 1);
  CHECK(dae::reflected(4, 4) == 2);
  CHECK(dae::reflected(6, 4) == 0);
  CHECK(dae::reflected(7, 4) == 1);
  CHECK(dae::reflected(5, 1) == 0);
}
