#pragma once

#include <string>
#include <utility>
#include <vector>

/// A directory of TIFF: tags and values of two bytes, by tag.
using TiffTags = std::vector<std::pair<int, int>>;

/// A TIFF file of these directories, with `pixels` at byte 8.
std::string tiff_file(const std::vector<TiffTags>& directories, std::string pixels);

/// One strip at byte 8 of 8-bit samples that mean `photometric`; `more` is added.
TiffTags tiff_tags(int width, int height, int photometric, int samples, const TiffTags& more = {});
