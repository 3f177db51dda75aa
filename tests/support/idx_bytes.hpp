#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// An IDX file's bytes: magic with the type and the number of extents, extents, data.
std::string idx_bytes(const std::vector<std::uint32_t>& extents, const std::string& data, char type = 0x08);

/// The text as one gzip member.
std::string gzip(const std::string& text);
