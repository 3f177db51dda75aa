#include "host/report/plot.hpp"

#include <cmath>
#include <string_view>

#include "tests/support/catch.hpp"

using namespace dae;

namespace {

std::size_t count(std::string_view text, std::string_view word) {
  std::size_t n = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) ++n;
  return n;
}

LossCurve curve(int steps) {
  LossCurve c;
  c.title = "a < b & \"c\"";
  c.steps_per_epoch = steps / 2.0;
  c.floor = 0.05808;
  for (int i = 1; i <= steps; ++i) c.steps.push_back({static_cast<double>(i), 0.1 + 1.0 / i});
  c.validation = {{steps / 2.0, 0.1165}, {static_cast<double>(steps), 0.1091}};
  c.references = {{{steps / 2.0, 0.1186}, "notebook 0.1186"},
                  {{static_cast<double>(steps), 0.1103}, "notebook 0.1103"}};
  return c;
}

}  // namespace

TEST_CASE("the loss curve shows steps, validation, floor and references", "[plot]") {
  const std::string svg = loss_svg(curve(100));
  CHECK(svg.starts_with("<svg "));
  CHECK(svg.ends_with("</svg>\n"));
  for (const char* text : {"notebook 0.1186", "notebook 0.1103", "floor 0.05808", "0.1165", "0.1091", "epoch 1",
                           "epoch 2", ">step<", ">loss<", "prefers-color-scheme:dark"}) {
    INFO(text);
    CHECK(count(svg, text) == 1);
  }
  for (const char* tick : {">0.1<", ">0.2<", ">0.5<", ">1<", ">20<", ">100<"}) {
    INFO(tick);
    CHECK(count(svg, tick) == 1);
  }
  CHECK(count(svg, ">0.15<") + count(svg, ">0.3<") == 0);
  CHECK(count(svg, "<circle") == 3);  // two epochs and the legend
  CHECK(svg.find("a &lt; b &amp; &quot;c&quot;") != std::string::npos);
  CHECK(count(svg, "<path") + count(svg, "<rect") + count(svg, "<circle") == count(svg, "/>"));
  CHECK(count(svg, "<text") == count(svg, "</text>"));
  CHECK(count(svg, "nan") + count(svg, "inf") == 0);
}

TEST_CASE("a long run makes no larger picture, and keeps its highest and lowest points", "[plot]") {
  LossCurve c = curve(200'000);
  const std::string smooth = loss_svg(c);
  CHECK(smooth.size() < 100'000);
  c.steps[123'456].y = 1e3;  // one step far above the rest moves the axis and must be on the line
  const std::string spiked = loss_svg(c);
  CHECK(count(spiked, ">1000<") == 1);
}

TEST_CASE("a curve may lack everything but a title", "[plot]") {
  LossCurve c;
  c.title = "nothing yet";
  CHECK(count(loss_svg(c), "nan") == 0);
  c.steps = {{1, 0.5}};
  CHECK(count(loss_svg(c), "nan") == 0);
  c.steps = {{1, 0.5}, {2, 0}, {3, -1}, {4, INFINITY}};  // beyond a logarithmic axis: drawn at its end
  const std::string svg = loss_svg(c);
  CHECK(count(svg, "nan") + count(svg, "inf") == 0);
}
