#pragma once

#include <filesystem>
#include <string_view>

namespace dae {

/// Writes a file so that a reader sees the old content or the whole new one, even when the process is killed or the
/// power fails: under a temporary name in the same folder, synced, renamed, folder synced. Throws OutputError naming
/// the path and the system's reason; the old file is then untouched and the temporary one removed. A failure to sync
/// the folder after the rename is reported too: the new content stands, but may not survive a power failure. Pipes and
/// character devices such as /dev/stdout are written to instead of being replaced.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// Creates a folder and its parents. Throws OutputError.
void make_folder(const std::filesystem::path& path);

/// Removes what a killed write_file left in a folder. Only for a folder that no other process writes to (see
/// FolderLock). Failures are ignored: the files do no harm.
void remove_temporaries(const std::filesystem::path& folder);

}  // namespace dae
