#include "host/training/run_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "host/files/atomic_file.hpp"
#include "host/files/csv_log.hpp"
#include "host/files/sha256.hpp"
#include "host/images/png.hpp"
#include "host/report/merged_points.hpp"
#include "host/report/samples.hpp"
#include "host/report/ticks.hpp"
#include "host/text/json_text.hpp"
#include "host/text/xml_escape.hpp"
#include "host/training/report_page.hpp"

namespace dae {
namespace {

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
