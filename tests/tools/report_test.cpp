#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/files/input_file.hpp"
#include "host/files/sha256.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/tiny_run.hpp"

using namespace dae;

TEST_CASE("a run leaves a report that needs nothing but itself", "[cli][report]") {
  const TempFolder folder;
  // A name that would be markup if it were not escaped.
  const std::filesystem::path run = folder / "<b>run & more";
  train_tiny(run, {"--tensorboard", folder / "logs"});
  const std::string page = read_file(run / "report.html", 1 << 24);
  CHECK(page.find("@{") == std::string::npos);
  CHECK(page.find("<b>run") == std::string::npos);
  CHECK(page.find("&lt;b&gt;run &amp; more") != std::string::npos);
  CHECK(page.find(sha256_of_file(run / "best.safetensors")) != std::string::npos);
  for (const char* outside : {"src=\"http", "href=\"http", "@import", "url("})
    CHECK(page.find(outside) == std::string::npos);
  const std::string opening = "<script type=\"application/json\" id=\"curve\">";
  const std::size_t start = page.find(opening) + opening.size();
  const auto curve = nlohmann::json::parse(page.substr(start, page.find("</script>", start) - start));
  CHECK(curve["steps"].size() == 12);
  CHECK(curve["epochs"].size() == 2);
  CHECK(curve["epochs"][1]["step"] == 12);
  CHECK(curve["step_ticks"] == nlohmann::json{0, 5, 10});
  for (const auto& tick : curve["loss_ticks"]) {
    // 1, 2 or 5 at the front, or on an axis shorter than a power of ten a second digit.
    CHECK(std::stod(fmt::format("{:.1e}", tick.get<double>())) == Approx(tick.get<double>()));
  }
  CHECK_FALSE(std::filesystem::is_empty(folder / "logs"));
}
