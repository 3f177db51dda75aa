#pragma once

#include <string>
#include <string_view>

#include "host/images/picture.hpp"

namespace dae {

/// Reads a JPEG file from bytes; `name` is what messages call it. Throws InputError.
Picture decode_jpeg(std::string_view bytes, std::string_view name, std::size_t limit = picture_limit);

/// The bytes of a JPEG file. Throws UsageError for what the format cannot hold.
std::string encode_jpeg(const Picture& picture, int quality);

}  // namespace dae
