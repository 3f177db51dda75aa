#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/evaluation/compare_folders.hpp"

namespace dae {

std::string to_csv(const std::vector<ComparedPicture>& lines, const ComparedPicture& mean);
void print_json(const std::vector<ComparedPicture>& lines, const ComparedPicture& mean, std::size_t failed);
void print_table(const std::vector<ComparedPicture>& lines, const ComparedPicture& mean);

}  // namespace dae
