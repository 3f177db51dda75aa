#include "host/files/write_all.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "dae/error.hpp"
#include "host/files/file_layer.hpp"
#include "host/text/quote.hpp"

namespace dae {

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = file_layer().write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    if (written == 0) {
      errno = EIO;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void fail_output(std::string_view action, const std::filesystem::path& path, int reason) {
  throw OutputError(fmt::format("cannot {} {}: {}", action, quote_path(path), std::generic_category().message(reason)));
}

}  // namespace dae
