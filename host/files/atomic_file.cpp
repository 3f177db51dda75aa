#include "host/files/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string>
#include <system_error>

#include "host/files/file_layer.hpp"

namespace dae {
namespace {

constexpr std::string_view prefix = ".dae-", suffix = ".tmp";

/// A new file in a folder; removed again unless it was renamed.
class Temporary {
 public:
  explicit Temporary(const std::filesystem::path& folder) {
    static std::atomic<unsigned> counter{0};
    do {
      path_ = folder / fmt::format("{}{}-{}{}", prefix, ::getpid(), counter++, suffix);
      file_ = file_layer().open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (file_ < 0 && errno == EEXIST);
    if (file_ < 0) path_.clear();
  }
  ~Temporary() {
    if (file_ >= 0) file_layer().close(file_);
    if (!path_.empty()) file_layer().unlink(path_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  /// False, with errno, when a call fails. Closing is checked as well: some file systems report a full disk only then.
  bool store(std::string_view bytes, const std::filesystem::path& target) {
    if (file_ < 0 || !write_all(file_, bytes) || file_layer().fsync(file_) != 0) return false;
    const int closed = file_layer().close(file_);
    file_ = -1;
    if (closed != 0 || file_layer().rename(path_.c_str(), target.c_str()) != 0) return false;
    path_.clear();
    return true;
  }

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

bool sync_folder(const std::filesystem::path& folder) {
  const int file = file_layer().open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (file < 0) return false;
  // EINVAL: a file system that has nothing to sync for a folder.
  const bool synced = file_layer().fsync(file) == 0 || errno == EINVAL;
  const int reason = errno;
  file_layer().close(file);
  errno = reason;
  return synced;
}

/// Opens what takes bytes but is no file: a terminal, /dev/null, a pipe, and /dev/stdout whatever that is. Nothing for
/// all else; -1, with errno, when a call fails.
std::optional<int> open_stream(const std::filesystem::path& path) {
  constexpr std::string_view own = "/proc/self/fd/";
  std::error_code error;
  if (const std::string link = std::filesystem::read_symlink(path, error); link.starts_with(own))
    return ::fcntl(std::atoi(link.c_str() + own.size()), F_DUPFD_CLOEXEC, 0);
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::is_character_file(status) && !std::filesystem::is_fifo(status)) return std::nullopt;
  // A pipe that nobody reads must not hold up the program; one that is read slowly may.
  const int file = file_layer().open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
  if (file >= 0) ::fcntl(file, F_SETFL, 0);
  return file;
}

/// False, with errno, when a call fails.
bool write_and_close(int file, std::string_view bytes) {
  const bool written = write_all(file, bytes);
  const int reason = errno;
  const int closed = file_layer().close(file);
  if (!written) errno = reason;
  return written && closed == 0;
}

}  // namespace

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  if (const std::optional<int> stream = open_stream(path)) {
    if (*stream < 0 || !write_and_close(*stream, bytes)) fail_output("write", path, errno);
    return;
  }
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  int reason = 0;
  {
    Temporary temporary(folder);
    if (!temporary.store(bytes, path)) reason = errno;
  }
  if (reason == 0 && !sync_folder(folder)) reason = errno;
  if (reason != 0) fail_output("write", path, reason);
}

void make_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  if (path.empty() || std::filesystem::is_directory(path, ignored)) return;
  make_folder(path.parent_path());
  if (file_layer().mkdir(path.c_str(), 0777) == 0) return;
  const int reason = errno;
  // Another process may have made it meanwhile.
  if (!std::filesystem::is_directory(path, ignored)) fail_output("make the folder", path, reason);
}

void remove_temporaries(const std::filesystem::path& folder) {
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = entry->path().filename();
    if (name.starts_with(prefix) && name.ends_with(suffix)) file_layer().unlink(entry->path().c_str());
  }
}

}  // namespace dae
