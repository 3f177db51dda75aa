#pragma once

#include <string>
#include <string_view>

namespace dae {

/// Text as XML and HTML want it between tags and inside double quotes.
std::string escape_markup(std::string_view text);

}  // namespace dae
