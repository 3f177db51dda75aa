#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

/// \file
/// Standard output. Who reads it may go away (`dae-cuda train | head`): what is printed then is dropped and the work
/// goes on. Any other failure throws OutputError.
namespace dae {

/// Writes at once, without a buffer that could be lost.
void write_out(std::string_view text);

template <class... T>
void print_out(fmt::format_string<T...> format, T&&... values) {
  write_out(fmt::format(format, std::forward<T>(values)...));
}

/// Writes to standard error at once. That it cannot be written is no failure.
void write_error(std::string_view text);

/// Whether standard output, or another descriptor, is a terminal that can move its cursor.
bool is_terminal(int descriptor);
bool out_is_terminal();

/// Its width in columns; 80 when it does not say.
int terminal_width(int descriptor = 1);

}  // namespace dae
