#include "host/training/run_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "host/files/atomic_file.hpp"
#include "host/files/csv_log.hpp"
#include "host/files/sha256.hpp"
#include "host/images/formats.hpp"
#include "host/report/plot.hpp"
#include "host/report/samples.hpp"
#include "host/text/json_text.hpp"
#include "host/text/text.hpp"

namespace dae {
namespace {

/// The page that write_report fills: each @{name} is replaced.
constexpr const char* report_page = R"page(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>@{title}</title>
<style>
:root { color-scheme: light dark; --line: #8886; --a: #2a6fdb; --b: #d9541e; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); font-weight: normal; }
th { opacity: .7; } pre { overflow-x: auto; font-size: .8rem; }
svg { width: 100%; height: auto; touch-action: pan-y; } text { fill: currentColor; font-size: 12px; }
.pair { position: relative; } .pair img { width: 100%; display: block; image-rendering: pixelated; }
.pair img + img { position: absolute; inset: 0; }
@media (max-width: 40rem) { text { font-size: 24px; } }
input[type=range] { width: 100%; } #said { min-height: 1.5em; font-variant-numeric: tabular-nums; }
</style>
<h1>@{title}</h1>
<p>@{device}</p>
<h2>Validation</h2>
<table><tr><th>epoch</th><th>loss</th><th>val_loss</th><th>PSNR</th><th>noisy input</th></tr>
@{epochs}</table>
<p>@{floor}</p>
<h2>Loss</h2>
<svg id="chart" viewBox="0 0 800 320" role="img" aria-label="loss of each step and of each validation"></svg>
<p id="said">Point at the curve to read it.</p>
<h2>Samples</h2>
<p>Noisy on the left of the slider, denoised on the right; below, the originals.</p>
<div class="pair"><img src="@{noisy}" alt="noisy images"><img id="after" src="@{denoised}" alt="denoised images"></div>
<input id="slider" type="range" min="0" max="100" value="50" aria-label="share of the noisy images">
<div class="pair"><img src="@{original}" alt="original images"></div>
<h2>Network</h2>
<pre>@{summary}</pre>
<h2>Result</h2>
@{result}@{hashes}
<h2>Settings</h2>
@{settings}
<h2>Data</h2>
@{data}
<h2>Program</h2>
@{program}
<script type="application/json" id="curve">@{curve}</script>
<script>
'use strict';
const curve = JSON.parse(document.getElementById('curve').textContent);
const chart = document.getElementById('chart'), said = document.getElementById('said');
const box = { left: 76, right: 790, top: 20, bottom: 286 };
const last = Math.max(1, ...curve.steps.map(p => p[0]));
const x = step => box.left + (box.right - box.left) * step / last;
const y = loss => box.bottom - (box.bottom - box.top) * Math.log(loss / curve.low) / Math.log(curve.high / curve.low);
function add(name, attributes, text) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return chart.appendChild(element);
}
if (curve.steps.length > 0) {
  for (const loss of curve.loss_ticks) {
    add('line', { x1: box.left, x2: box.right, y1: y(loss), y2: y(loss), stroke: 'var(--line)' });
    add('text', { x: box.left - 6, y: y(loss) + 4, 'text-anchor': 'end' }, Number(loss.toPrecision(4)));
  }
  for (const step of curve.step_ticks) {
    add('text', { x: x(step), y: box.bottom + 18, 'text-anchor': step === last ? 'end' : 'middle' }, step);
  }
  add('polyline', { points: curve.steps.map(p => x(p[0]) + ',' + y(p[1])).join(' '), fill: 'none', stroke: 'var(--a)' });
  if (curve.floor) {
    add('line', { x1: box.left, x2: box.right, y1: y(curve.floor), y2: y(curve.floor), stroke: 'currentColor',
      'stroke-dasharray': '4 4' });
  }
  for (const e of curve.epochs) add('circle', { cx: x(e.step), cy: y(e.val_loss), r: 4, fill: 'var(--b)' });
  const mark = add('line', { y1: box.top, y2: box.bottom, stroke: 'currentColor', visibility: 'hidden' });
  chart.addEventListener('pointermove', event => {
    const at = chart.getBoundingClientRect();
    const step = ((event.clientX - at.left) * 800 / at.width - box.left) / (box.right - box.left) * last;
    const near = (list, of) => list.reduce((a, b) => Math.abs(of(b) - step) < Math.abs(of(a) - step) ? b : a, list[0]);
    const point = near(curve.steps, p => p[0]), epoch = near(curve.epochs, e => e.step);
    if (!point) return;
    mark.setAttribute('x1', x(point[0]));
    mark.setAttribute('x2', x(point[0]));
    mark.setAttribute('visibility', 'visible');
    said.textContent = 'step ' + Math.round(point[0]) + ': loss ' + point[1].toFixed(4) +
      (epoch ? '; after epoch ' + epoch.epoch + ': val_loss ' + epoch.val_loss.toFixed(4) : '');
  });
}
const slider = document.getElementById('slider'), after = document.getElementById('after');
const cut = () => { after.style.clipPath = 'inset(0 0 0 ' + slider.value + '%)'; };
slider.addEventListener('input', cut);
cut();
</script>
</html>
)page";

using json = nlohmann::ordered_json;

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j) text += i + j <= bytes.size() ? digits[group >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

/// JSON inside a <script>: nothing in it may end the element.
std::string embedded(const json& value) {
  std::string text = dump_json(value);
  for (std::size_t at = 0; (at = text.find("</", at)) != std::string::npos; at += 3) text.replace(at, 2, "<\\/");
  return text;
}

std::string picture(const std::vector<float>& row, const Shape& shape) {
  return "data:image/png;base64," + base64(encode_png(sample_grid(std::span(&row, 1), shape)));
}

/// Nested objects as rows of a table, keys joined by dots.
void add_rows(std::string& html, const json& value, const std::string& key) {
  if (value.is_object()) {
    for (const auto& [name, child] : value.items()) add_rows(html, child, key.empty() ? name : key + "." + name);
    return;
  }
  const std::string text = value.is_string() ? value.get<std::string>() : dump_json(value);
  html += fmt::format("<tr><th>{}</th><td>{}</td></tr>\n", escape_markup(key), escape_markup(text));
}

std::string table(const json& value) {
  std::string html = "<table>\n";
  add_rows(html, value, "");
  return html + "</table>\n";
}

/// Steps thinned to what a screen can show, and all epochs.
json curve(const TrainingPlan& plan, const ReportContent& content) {
  json steps = json::array(), epochs = json::array();
  MergedPoints points(2000);
  for_each_row(plan.out / steps_table, [&](std::span<const double> row) { points.add({row[0], row[2]}); });
  double last = 1;
  for (const auto& point : points.points()) {
    steps.push_back({point.x, point.y});
    last = point.x;
  }
  const std::vector<std::vector<double>> rows = read_csv(plan.out / history_table);
  for (const std::vector<double>& row : rows) {
    epochs.push_back({{"epoch", row[0]},
                      {"step", row[0] * last / static_cast<double>(rows.size())},
                      {"loss", row[1]},
                      {"val_loss", row[2]},
                      {"val_psnr", row[3]}});
  }
  double low = INFINITY, high = 0;
  const auto cover = [&](double loss) {
    if (loss > 0 && std::isfinite(loss)) low = std::min(low, loss), high = std::max(high, loss);
  };
  for (const auto& point : points.points()) cover(point.y);
  for (const std::vector<double>& row : rows) cover(row[2]);
  if (content.floor) cover(*content.floor);
  if (high == 0) low = high = 1;
  low *= 0.95;
  high *= 1.05;
  return {{"steps", steps},
          {"epochs", epochs},
          {"floor", content.floor ? json(*content.floor) : json()},
          {"low", low},
          {"high", high},
          {"loss_ticks", logarithmic_ticks(low, high)},
          {"step_ticks", even_ticks(0, last, 5)}};
}

std::string epoch_rows(const json& epochs, double noisy_psnr) {
  std::string html;
  for (const json& e : epochs) {
    html += fmt::format("<tr><td>{}</td><td>{:.4f}</td><td>{:.4f}</td><td>{:.2f} dB</td><td>{:.2f} dB</td></tr>\n",
                        e["epoch"].get<double>(), e["loss"].get<double>(), e["val_loss"].get<double>(),
                        e["val_psnr"].get<double>(), noisy_psnr);
  }
  return html;
}

json hashes(const TrainingPlan& plan) {
  json result = json::object();
  for (const char* file : {best_checkpoint, last_checkpoint}) {
    std::error_code error;
    if (std::filesystem::exists(plan.out / file, error)) result[file] = "sha256 " + sha256_of_file(plan.out / file);
  }
  return result;
}

}  // namespace

void write_report(const TrainingPlan& plan, const ReportContent& content, const SampleRows& samples) {
  const json data = curve(plan, content);
  const json& record = content.record;
  const std::map<std::string_view, std::string> parts = {
      {"title", escape_markup(fmt::format("{}: {}", plan.graph.name, plan.out.filename().string()))},
      {"device", escape_markup(record.at("device").get<std::string>())},
      {"epochs", epoch_rows(data["epochs"], content.noisy_psnr)},
      {"floor", content.floor ? fmt::format("A perfect result would score {:.4f}.", *content.floor) : ""},
      {"original", picture(samples.original, samples.shape)},
      {"noisy", picture(samples.noisy, samples.shape)},
      {"denoised", picture(samples.denoised, samples.shape)},
      {"summary", escape_markup(content.summary)},
      {"settings", table(record.at("settings"))},
      {"data", table(record.at("data"))},
      {"program", table(record.at("program"))},
      {"result", table(record.at("result"))},
      {"hashes", table(hashes(plan))},
      {"curve", embedded(data)},
  };
  std::string page;
  std::string_view rest = report_page;
  while (!rest.empty()) {
    const std::size_t start = std::min(rest.find("@{"), rest.size());
    page += rest.substr(0, start);
    rest.remove_prefix(start);
    if (rest.empty()) break;
    const std::size_t end = rest.find('}');
    page += parts.at(rest.substr(2, end - 2));
    rest.remove_prefix(end + 1);
  }
  write_file(plan.out / "report.html", page);
}

}  // namespace dae
