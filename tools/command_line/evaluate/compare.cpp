#include <fmt/format.h>

#include <memory>
#include <optional>

#include "dae/error.hpp"
#include "host/data/partner_folder.hpp"
#include "host/evaluation/contact_sheet.hpp"
#include "host/evaluation/picture_quality.hpp"
#include "host/files/atomic_file.hpp"
#include "host/images/codec.hpp"
#include "host/images/image_files.hpp"
#include "tools/command_line/commands.hpp"
#include "tools/command_line/evaluate/comparison_text.hpp"
#include "tools/command_line/exit_code.hpp"
#include "tools/command_line/output.hpp"

namespace dae {
namespace {

namespace fs = std::filesystem;

constexpr float difference_factor = 4;

struct CompareFlags {
  std::vector<std::string> folders;
  std::string noisy, csv, sheet;
  int sheet_rows = 12;
  bool json = false;
};

/// Folders whose pictures belong together by their relative names.
class Folders {
 public:
  Folders(const CompareFlags& flags, const fs::path& clean, const fs::path& result)
      : all_({clean, result, flags.noisy}), clean_(clean), files_(files_in(clean)), results_(result, files_in(result)) {
    if (!flags.noisy.empty()) noisy_.emplace(fs::path(flags.noisy), files_in(flags.noisy));
    if (files_.empty()) throw InputError(fmt::format("{}: holds no image", quote_path(clean)));
  }

  [[nodiscard]] const std::vector<fs::path>& files() const { return files_; }
  [[nodiscard]] std::string name_of(const fs::path& file) const { return file.lexically_relative(clean_).string(); }
  [[nodiscard]] fs::path result_of(const fs::path& file) { return partner_in(results_, file); }
  [[nodiscard]] std::optional<fs::path> noisy_of(const fs::path& file) {
    if (!noisy_) return std::nullopt;
    return partner_in(*noisy_, file);
  }
  /// Results that belong to no clean picture.
  [[nodiscard]] std::size_t left() const { return results_.left().size(); }
  /// Folders in them that cannot be read, a line each.
  [[nodiscard]] const std::vector<std::string>& unreadable() const { return unreadable_; }

 private:
  fs::path partner_in(PartnerFolder& folder, const fs::path& file) const {
    PartnerFolder::Partner partner = folder.partner_of(name_of(file));
    if (!partner.problem.empty()) throw InputError(fmt::format("{} {}", quote_path(file), partner.problem));
    return std::move(partner.file);
  }
  std::vector<fs::path> files_in(const fs::path& folder) {
    ImageFiles found = image_files(folder, {.except = all_});
    for (const ImageFiles::Left& left : found.unreadable) {
      unreadable_.push_back(fmt::format("{} {}", quote_path(left.path), left.reason));
      if (left.path == folder) throw InputError(unreadable_.back());
    }
    return std::move(found.files);
  }

  std::vector<fs::path> all_;  // one may lie in another
  std::vector<std::string> unreadable_;
  fs::path clean_;
  std::vector<fs::path> files_;
  PartnerFolder results_;
  std::optional<PartnerFolder> noisy_;
};

Colours read_colours(const fs::path& file) {
  const Picture picture = read_picture(file).picture;
  check_finite(picture, quote_path(file));
  return colours_of(picture);
}

ComparedPicture compare_one(Folders& folders, const fs::path& file, const CompareFlags& flags, ContactSheet& sheet) {
  const fs::path result_file = folders.result_of(file);
  const std::optional<fs::path> noisy_file = folders.noisy_of(file);
  const Colours clean = read_colours(file), result = read_colours(result_file);
  ComparedPicture line{folders.name_of(file), clean.shape, quality_of(result, clean, quote_path(result_file)),
                       std::nullopt};
  std::vector<Colours> row;
  if (noisy_file) {
    row.push_back(read_colours(*noisy_file));
    line.noisy = quality_of(row.back(), clean, quote_path(*noisy_file));
  }
  if (flags.sheet.empty() || sheet.rows() == flags.sheet_rows) return line;
  for (const Colours& picture : {result, clean, difference_of(result, clean, difference_factor)})
    row.push_back(picture);
  sheet.add_row(row);
  return line;
}

int run_compare(const CompareFlags& flags) {
  if (flags.folders.size() != 2) throw UsageError("compare needs two folders: the clean pictures, then the results");
  Folders folders(flags, flags.folders[0], flags.folders[1]);
  const bool noisy = !flags.noisy.empty();
  std::vector<std::string> labels = {"DENOISED", "CLEAN", "DIFFERENCE"};
  if (noisy) labels.insert(labels.begin(), "NOISY");
  ContactSheet sheet(labels);
  std::vector<ComparedPicture> lines;
  std::size_t failed = folders.unreadable().size();
  for (const std::string& line : folders.unreadable()) write_error(fmt::format("dae-cuda: {}\n", line));
  for (const fs::path& file : folders.files()) {
    try {
      lines.push_back(compare_one(folders, file, flags, sheet));
    } catch (const InputError& error) {
      write_error(fmt::format("dae-cuda: {}\n", error.what()));
      ++failed;
    }
  }
  if (folders.left() > 0) write_error(fmt::format("dae-cuda: {} results have no clean picture\n", folders.left()));
  if (lines.empty()) throw InputError(fmt::format("{}: nothing can be compared", quote_path(flags.folders[0])));
  const ComparedPicture mean = mean_of(lines, noisy);
  if (!flags.csv.empty()) write_file(flags.csv, to_csv(lines, mean));
  if (!flags.sheet.empty()) write_picture(flags.sheet, codec_named("png"), sheet.picture());
  if (flags.json)
    print_json(lines, mean, failed);
  else
    print_table(lines, mean);
  return failed > 0 ? exit_code::input : exit_code::ok;
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
