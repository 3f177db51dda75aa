#include "host/files/append_file.hpp"

#include <fcntl.h>

#include <cerrno>

#include "host/files/file_layer.hpp"

namespace dae {
AppendFile::AppendFile(const std::filesystem::path& path, std::uint64_t keep)
    : path_(path),
      size_(keep),
      // O_NONBLOCK: a FIFO in place of the file must not hold up the program.
      file_(file_layer().open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666)) {
  if (file_ < 0) fail_output("write", path_, errno);
  if (file_layer().ftruncate(file_, static_cast<off_t>(keep)) == 0) return;
  const int reason = errno;
  file_layer().close(file_);
  fail_output("write", path_, reason);
}

AppendFile::~AppendFile() { file_layer().close(file_); }

void AppendFile::append(std::string_view text) {
  if (!write_all(file_, text)) fail_output("write", path_, errno);
  size_ += text.size();
}

}  // namespace dae
