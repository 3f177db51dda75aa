#include "tools/command_line/evaluate/comparison_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/text/json_text.hpp"
#include "host/text/quote.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

/// A field of RFC 4180: in quotes where it has to be.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

nlohmann::ordered_json to_json(const ComparedPicture& line) {
  nlohmann::ordered_json object = {{"psnr", line.result.psnr}, {"ssim", line.result.ssim}};
  if (line.noisy) {
    object["noisy_psnr"] = line.noisy->psnr;
    object["noisy_ssim"] = line.noisy->ssim;
  }
  return object;
}

}  // namespace

std::string to_csv(const std::vector<ComparedPicture>& lines, const ComparedPicture& mean) {
  std::string text = "name,width,height,channels,psnr,ssim";
  text += mean.noisy ? ",noisy_psnr,noisy_ssim\n" : "\n";
  const auto add = [&](const ComparedPicture& line) {
    text += csv_field(line.name);
    text += line.shape.h > 0 ? fmt::format(",{},{},{}", line.shape.w, line.shape.h, line.shape.c) : ",,,";
    text += fmt::format(",{:.4f},{:.6f}", line.result.psnr, line.result.ssim);
    text += line.noisy ? fmt::format(",{:.4f},{:.6f}\n", line.noisy->psnr, line.noisy->ssim) : "\n";
  };
  for (const ComparedPicture& line : lines) add(line);
  add(mean);
  return text;
}

void print_json(const std::vector<ComparedPicture>& lines, const ComparedPicture& mean, std::size_t failed) {
  nlohmann::ordered_json object = {{"images", lines.size()}, {"failed", failed}};
  object.update(to_json(mean));
  object["photos"] = nlohmann::ordered_json::array();
  for (const ComparedPicture& line : lines) {
    nlohmann::ordered_json one = {{"name", line.name}};
    one.update(to_json(line));
    object["photos"].push_back(one);
  }
  print_out("{}\n", dump_json(object));
}

void print_table(const std::vector<ComparedPicture>& lines, const ComparedPicture& mean) {
  const auto print = [](const std::string& name, const ComparedPicture& line) {
    print_out("{:<28}{:>12}{:>9.3f} dB{:>8.4f}", name,
              line.shape.h > 0 ? fmt::format("{}x{}", line.shape.w, line.shape.h) : "", line.result.psnr,
              line.result.ssim);
    if (line.noisy) print_out("{:>9.3f} dB{:>8.4f}", line.noisy->psnr, line.noisy->ssim);
    print_out("\n");
  };
  print_out("{:<28}{:>12}{:>12}{:>8}", "", "", "PSNR", "SSIM");
  print_out("{}", mean.noisy ? fmt::format("{:>12}{:>8}\n", "noisy", "SSIM") : "\n");
  for (const ComparedPicture& line : lines) print(quote(line.name), line);
  print("mean", mean);
}

}  // namespace dae
