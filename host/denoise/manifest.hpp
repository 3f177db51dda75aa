#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "host/denoise/denoise_job.hpp"
#include "host/files/append_file.hpp"

namespace dae {

/// Enough of a file to see that it is another one now.
struct FileStamp {
  std::uint64_t bytes = 0;
  std::int64_t changed = 0;  ///< Nanoseconds since 1970.
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
/// Zeros for a file that is not there.
FileStamp stamp_of(const std::filesystem::path& file);

/// manifest.jsonl in the folder for results: a line whenever something became of a file, by this run or earlier ones.
/// Results are named in it relative to the folder. Its methods may be called from several threads.
class Manifest {
 public:
  /// Reads what there is; lines that are damaged are passed over. `settings` stands for the model and for all that
  /// decides what a result is.
  Manifest(const std::filesystem::path& folder, std::string settings);

  /// Tells how an earlier run left a result that is there.
  enum class Known {
    no,     ///< Nothing: it is not dae-cuda's.
    other,  ///< It was made of another input or by other settings, or was perhaps not finished.
    done
  };
  [[nodiscard]] Known known(const DenoiseJob& job) const;

  /// Writes what is noted from now on; nothing is written before. Throws OutputError.
  void open();
  /// Comes before the first byte of a result is written, so that it is known as ours whatever happens then.
  void started(const DenoiseJob& job);
  /// The results must be there.
  void done(const DenoiseJob& job, const FileStamp& input, const DenoisedFile& file);
  void failed(const DenoiseJob& job, const std::string& reason);

 private:
  struct Entry {
    bool done = false;
    std::string settings;
    FileStamp input;
    std::uint64_t bytes = 0;
  };
  [[nodiscard]] std::string name_of(const DenoiseJob& job) const;
  [[nodiscard]] nlohmann::ordered_json line_of(const DenoiseJob& job, const char* status) const;
  void append(const nlohmann::ordered_json& line);
  void read();

  std::filesystem::path folder_;
  std::string settings_;
  std::map<std::string, Entry> entries_;
  std::mutex mutex_;
  std::unique_ptr<AppendFile> file_;
};

/// The manifest's facts of a picture that is done ("width", "height" and so on); nothing of an IDX file.
nlohmann::ordered_json facts_of(const DenoiseJob& job, const DenoisedFile& file);

/// The name of the manifest's file.
inline constexpr const char* manifest_name = "manifest.jsonl";

}  // namespace dae
