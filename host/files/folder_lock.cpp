#include "host/files/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "dae/error.hpp"
#include "host/files/file_layer.hpp"
#include "host/text/quote.hpp"

namespace dae {

FolderLock::FolderLock(const std::filesystem::path& folder)
    : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (folder_ < 0) fail_output("use the folder", folder, errno);
  if (::flock(folder_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  ::close(folder_);
  throw OutputError(
      fmt::format("{} is in use by another run: wait until it ends, or choose another folder", quote_path(folder)));
}

FolderLock::~FolderLock() { ::close(folder_); }

}  // namespace dae
