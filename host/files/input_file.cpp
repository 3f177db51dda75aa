#include "host/files/input_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "dae/error.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int reason) {
  throw InputError(fmt::format("cannot read {}: {}", quote_path(path), std::generic_category().message(reason)));
}

void must_be_regular(const std::filesystem::path& path, const struct stat& status) {
  if (S_ISREG(status.st_mode)) return;
  throw InputError(fmt::format("cannot read {}: it is {}, not a file", quote_path(path),
                               S_ISDIR(status.st_mode)    ? "a folder"
                               : S_ISFIFO(status.st_mode) ? "a FIFO"
                                                          : "a device or a socket"));
}

}  // namespace

InputFile::InputFile(const std::filesystem::path& path) : path_(path) {
  struct stat status {};
  // Before opening, because opening a device can already have an effect; and after it, because the path may have been
  // given to another file in between.
  if (::stat(path.c_str(), &status) != 0) fail(path, errno);
  must_be_regular(path, status);
  file_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (file_ < 0) fail(path, errno);
  try {
    if (::fstat(file_, &status) != 0) fail(path, errno);
    must_be_regular(path, status);
  } catch (...) {
    ::close(file_);
    throw;
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

InputFile::~InputFile() { ::close(file_); }

std::size_t InputFile::read(std::span<char> into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const ssize_t got = ::read(file_, into.data() + filled, into.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path_, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

std::string read_file(const std::filesystem::path& path, std::size_t limit) {
  InputFile file(path);
  const auto too_long = [&] {
    throw InputError(fmt::format("cannot read {}: it is larger than {} bytes", quote_path(path), limit));
  };
  if (file.size() > limit) too_long();
  std::string bytes;
  // By pieces, because a sparse file's size costs its maker nothing.
  constexpr std::size_t piece = std::size_t{1} << 20;
  for (std::size_t filled = 0;;) {
    bytes.resize(filled + std::min(std::max(piece, filled / 2), limit - filled) + 1);
    const std::size_t got = file.read(std::span(bytes).subspan(filled));
    filled += got;
    if (filled > limit) too_long();
    if (filled < bytes.size()) {
      bytes.resize(filled);
      return bytes;
    }
  }
}

}  // namespace dae
