#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "host/evaluation/picture_quality.hpp"

namespace dae {

/// A line of the table: a picture's figures, or their means.
struct ComparedPicture {
  std::string name;
  Shape shape;
  PictureQuality result;
  std::optional<PictureQuality> noisy;
};

/// The means, under the name "mean".
ComparedPicture mean_of(const std::vector<ComparedPicture>& lines, bool noisy);

std::string to_csv(const std::vector<ComparedPicture>& lines, const ComparedPicture& mean);
void print_json(const std::vector<ComparedPicture>& lines, const ComparedPicture& mean, std::size_t failed);
void print_table(const std::vector<ComparedPicture>& lines, const ComparedPicture& mean);

}  // namespace dae
