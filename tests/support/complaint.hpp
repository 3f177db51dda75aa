#pragma once

#include <string>
#include <string_view>

#include "dae/error.hpp"
#include "tests/support/catch.hpp"

/// The message of the InputError that a call throws, or "no error". Checks that it is one line and names `file`.
template <class Call>
std::string complaint_of(Call&& call, std::string_view file) {
  try {
    call();
  } catch (const dae::InputError& error) {
    const std::string message = error.what();
    CHECK(message.find(file) != std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
    return message;
  }
  return "no error";
}
