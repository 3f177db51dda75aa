#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dae/error.hpp"

/// libFuzzer calls this with each input. A crash, a sanitizer's report, an exception other than InputError, or abort()
/// is a finding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// Calls `read(bytes)`. InputError, which is what a reader owes to a bad file, is fine; anything else ends the program.
template <class Read>
int fuzz(const std::uint8_t* data, std::size_t size, Read&& read) {
  try {
    read(std::string_view(reinterpret_cast<const char*>(data), size));
  } catch (const dae::InputError& error) {
    if (std::string_view(error.what()).find('\n') != std::string_view::npos) std::abort();
  }
  return 0;
}

/// Checks what must hold of everything that a reader accepts.
inline void require(bool holds) {
  if (!holds) std::abort();
}
