#pragma once

#include <filesystem>

#include "dae/shape.hpp"
#include "host/images/picture.hpp"
#include "tests/support/temp_folder.hpp"

/// Puts a network for pictures of any size into the folder and returns its path: one convolution that leaves `part` of
/// every pixel.
std::filesystem::path any_size(const TempFolder& folder, float part = 0.9f);

/// An 8-bit picture of `channels` in which no two neighbours are equal.
dae::Picture striped(int height, int width, int channels = 1);
