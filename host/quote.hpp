#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

/// \file
/// Foreign text in one-line messages.
namespace dae {

/// The text in single quotes, at most 60 bytes of it, control characters and bytes beyond ASCII that are not UTF-8 as
/// \xNN: a hostile name can neither break the line nor drive the terminal.
std::string quote(std::string_view text);

/// A JSON value in a few characters: "12", "'text'", "a list", "an object", "null".
std::string brief(const nlohmann::json& value);

}  // namespace dae
