#include "host/evaluation/compare_folders.hpp"

#include <fmt/format.h>

#include "dae/error.hpp"
#include "host/images/codec.hpp"
#include "host/images/image_files.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

namespace fs = std::filesystem;

constexpr float difference_factor = 4;

/// Folders whose pictures belong together by their relative names.
class Folders {
 public:
  explicit Folders(const ComparedFolders& folders)
      : all_({folders.clean, folders.result, folders.noisy}),
        clean_(folders.clean),
        files_(files_in(clean_)),
        results_(folders.result, files_in(folders.result)) {
    if (!folders.noisy.empty()) noisy_.emplace(folders.noisy, files_in(folders.noisy));
    if (files_.empty()) throw InputError(fmt::format("{}: holds no image", quote_path(clean_)));
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

ComparedPicture compare_one(Folders& folders, const fs::path& file, ContactSheet& sheet, int sheet_rows) {
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
  if (sheet.rows() == sheet_rows) return line;
  for (const Colours& picture : {result, clean, difference_of(result, clean, difference_factor)})
    row.push_back(picture);
  sheet.add_row(row);
  return line;
}

ComparedPicture mean_of(const std::vector<ComparedPicture>& lines, bool noisy) {
  ComparedPicture mean{"mean", {}, {}, std::nullopt};
  if (noisy) mean.noisy.emplace();
  const auto count = static_cast<double>(lines.size());
  for (const ComparedPicture& line : lines) {
    mean.result.psnr += line.result.psnr / count;
    mean.result.ssim += line.result.ssim / count;
    if (!noisy) continue;
    mean.noisy->psnr += line.noisy->psnr / count;
    mean.noisy->ssim += line.noisy->ssim / count;
  }
  return mean;
}

}  // namespace

FolderComparison compare_folders(const ComparedFolders& folders, const std::function<void(std::string_view)>& say) {
  Folders found(folders);
  const bool noisy = !folders.noisy.empty();
  std::vector<std::string> labels = {"DENOISED", "CLEAN", "DIFFERENCE"};
  if (noisy) labels.insert(labels.begin(), "NOISY");
  FolderComparison comparison{{}, {}, 0, 0, ContactSheet(labels)};
  const auto failed = [&](std::string_view line) {
    say(line);
    ++comparison.failed;
  };
  for (const std::string& line : found.unreadable()) failed(line);
  for (const fs::path& file : found.files()) {
    try {
      comparison.pictures.push_back(compare_one(found, file, comparison.sheet, folders.sheet_rows));
    } catch (const InputError& error) {
      failed(error.what());
    }
  }
  comparison.without_clean = found.left();
  if (!comparison.pictures.empty()) comparison.mean = mean_of(comparison.pictures, noisy);
  return comparison;
}

}  // namespace dae
