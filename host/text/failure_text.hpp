#pragma once

#include <exception>
#include <string>

namespace dae {

/// The text of an exception, in one line without control characters.
std::string message_of(const std::exception_ptr&);

}  // namespace dae
