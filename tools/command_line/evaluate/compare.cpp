#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dae/error.hpp"
#include "host/evaluation/compare_folders.hpp"
#include "host/files/atomic_file.hpp"
#include "host/images/codec.hpp"
#include "host/text/json_text.hpp"
#include "host/text/quote.hpp"
#include "tools/command_line/command_line.hpp"
#include "tools/command_line/exit_code.hpp"
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

struct CompareFlags {
  std::vector<std::string> folders;
  std::string noisy, csv, sheet;
  int sheet_rows = 12;
  bool json = false;
};

int run_compare(const CompareFlags& flags) {
  if (flags.folders.size() != 2) throw UsageError("compare needs two folders: the clean pictures, then the results");
  const FolderComparison all =
      compare_folders({.clean = flags.folders[0],
                       .result = flags.folders[1],
                       .noisy = flags.noisy,
                       .sheet_rows = flags.sheet.empty() ? 0 : flags.sheet_rows},
                      [](std::string_view line) { write_error(fmt::format("dae-cuda: {}\n", line)); });
  if (all.without_clean > 0)
    write_error(fmt::format("dae-cuda: {} results have no clean picture\n", all.without_clean));
  if (all.pictures.empty()) throw InputError(fmt::format("{}: nothing can be compared", quote_path(flags.folders[0])));
  if (!flags.csv.empty()) write_file(flags.csv, to_csv(all.pictures, all.mean));
  if (!flags.sheet.empty()) write_picture(flags.sheet, codec_named("png"), all.sheet.picture());
  if (flags.json)
    print_json(all.pictures, all.mean, all.failed);
  else
    print_table(all.pictures, all.mean);
  return all.failed > 0 ? exit_code::input : exit_code::ok;
}

}  // namespace

void add_compare(CommandLine& line) {
  const auto flags = std::make_shared<CompareFlags>();
  Flags& command = line.add("compare", "Measure pictures in a folder beside clean ones of the same names",
                            [=](const Flags&) { return run_compare(*flags); });
  command.inputs(
      "DIR", flags->folders,
      "Two folders: the clean pictures, then the results; a result may have another ending than its original");
  command.text("--noisy", "DIR", flags->noisy, "What was denoised, to measure it as well");
  command.text("--csv", "FILE", flags->csv, "Write the figures as a table");
  command.text("--sheet", "FILE", flags->sheet,
               "Write a PNG that shows the noisy picture, the result, the clean one and four times the difference");
  command.number("--sheet-rows", flags->sheet_rows, 1, 1000, "Pictures on that sheet, the first ones by name");
  command.toggle("--json", flags->json, "Print one JSON object and nothing else");
}

}  // namespace dae
