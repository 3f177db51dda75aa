#include <fmt/format.h>

#include <memory>

#include "dae/error.hpp"
#include "host/evaluation/compare_folders.hpp"
#include "host/files/atomic_file.hpp"
#include "host/images/codec.hpp"
#include "tools/command_line/commands.hpp"
#include "tools/command_line/evaluate/comparison_text.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

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
