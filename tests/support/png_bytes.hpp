#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// A PNG's 8-byte signature.
std::string png_signature();

/// A chunk with its length and checksum.
std::string png_chunk(std::string_view type, std::string_view data);

/// The IHDR chunk.
std::string png_header(std::uint32_t width, std::uint32_t height, int depth, int colour, int interlace = 0);

/// IDAT with the scanlines given, each after a filter byte of 0.
std::string png_data(const std::vector<std::string>& scanlines);

/// A whole file: signature, header, `extra` chunks, data, end.
std::string png_file(const std::string& header, const std::vector<std::string>& scanlines,
                     const std::string& extra = "");
