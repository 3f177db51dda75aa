#include "host/cpu/runtime/isa.hpp"

#include <cstdlib>
#include <string>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"

using namespace dae;

namespace {

/// Sets DAE_CPU_ISA for a scope.
class WantedIsa {
 public:
  explicit WantedIsa(const std::string& name) {
    if (const char* old = std::getenv(variable)) before_ = old;
    setenv(variable, name.c_str(), 1);
  }
  ~WantedIsa() { before_.empty() ? unsetenv(variable) : setenv(variable, before_.c_str(), 1); }
  WantedIsa(const WantedIsa&) = delete;
  WantedIsa& operator=(const WantedIsa&) = delete;

 private:
  static constexpr const char* variable = "DAE_CPU_ISA";
  std::string before_;
};

}  // namespace

TEST_CASE("DAE_CPU_ISA names the instruction set", "[cpu][isa]") {
  const auto usable = cpu::usable_isas();
  REQUIRE_FALSE(usable.empty());
  CHECK(usable.back().name == "baseline");
  for (const cpu::Isa& isa : usable) {
    const WantedIsa wanted{std::string(isa.name)};
    CHECK(cpu::chosen_isa().name == isa.name);
  }
  {
    const WantedIsa none("");
    CHECK(cpu::chosen_isa().name == usable.front().name);
  }
  const WantedIsa unknown("avx9000");
  CHECK_THROWS_AS(cpu::chosen_isa(), UsageError);
}
