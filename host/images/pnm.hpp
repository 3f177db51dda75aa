#pragma once

#include <string>
#include <string_view>

#include "host/images/picture.hpp"

namespace dae {

/// Reads a PNM file from bytes; `name` is what messages call it. Throws InputError.
Picture decode_pnm(std::string_view bytes, std::string_view name, std::size_t limit = picture_limit);

/// The bytes of a PNM file. Throws UsageError for what the format cannot hold.
std::string encode_pnm(const Picture& picture);

}  // namespace dae
