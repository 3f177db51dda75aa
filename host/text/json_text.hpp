#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace dae {

/// Parses JSON that may come from anywhere. Throws InputError in one line, calling the text `name`, for whatever is not
/// JSON (with line and column), keys that an object has twice, text that is not UTF-8, numbers beyond a double, and
/// nesting deeper than 32 levels.
nlohmann::json parse_json(std::string_view text, const std::string& name);

/// Compact JSON in the object's own order; text that is not UTF-8 is written with replacement characters.
std::string dump_json(const nlohmann::ordered_json& value);

/// Whether dump_json writes the text as it is.
bool is_utf8(std::string_view text);

/// The double whose shortest decimal form is the float's: JSON then shows 0.001, not 0.0010000000474974513. It gives
/// the same float back.
double pretty(float value);

}  // namespace dae
