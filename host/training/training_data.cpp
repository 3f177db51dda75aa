#include "host/training/training_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "dae/error.hpp"
#include "host/cpu/runtime/memory.hpp"
#include "host/data/photo_folder.hpp"
#include "host/text/quote.hpp"
#include "host/training/run_record.hpp"
#include "host/training/trainer.hpp"

namespace dae {
namespace {

using json = nlohmann::ordered_json;

/// Validation squares: enough for a figure that does not jump, few enough to cost little beside an epoch.
constexpr std::size_t most_squares = 256;
constexpr std::size_t named_files = 5;
/// Bytes of validation photos kept until the squares are cut out; what is beyond is read twice.
constexpr std::size_t validation_cache = std::size_t{1} << 28;

void tell_skipped(const PhotoFolder& folder, const std::string& path,
                  const std::function<void(std::string_view)>& say) {
  if (folder.skipped.empty()) return;
  say(fmt::format("{} of {} files in {} were skipped:", folder.skipped.size(),
                  folder.skipped.size() + folder.photos.size(), path));
  for (std::size_t i = 0; i < std::min(named_files, folder.skipped.size()); ++i)
    say(fmt::format("  {}: {}", quote(folder.skipped[i].name), folder.skipped[i].reason));
  if (folder.skipped.size() > named_files)
    say(fmt::format("  and {} more, all named in {}", folder.skipped.size() - named_files, run_file));
}

int loaders(const DataOptions& options) {
  return options.loaders > 0 ? options.loaders : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

json describe(const PhotoFolder& folder, const std::string& path, const std::string& noisy) {
  const auto absolute = [](const std::string& p) { return std::filesystem::absolute(p).lexically_normal().string(); };
  json described = {{"path", absolute(path)}};
  if (!noisy.empty()) described["noisy"] = absolute(noisy);
  described["photos"] = folder.photos.size();
  described["skipped"] = json::array();
  for (const SkippedFile& file : folder.skipped)
    described["skipped"].push_back({{"file", file.name}, {"reason", file.reason}});
  return described;
}

/// Every tenth photo goes from one folder to the other.
PhotoFolder hold_out(PhotoFolder& folder) {
  PhotoFolder kept, held;
  for (std::size_t i = 0; i < folder.photos.size(); ++i)
    (i % 10 == 9 ? held : kept).photos.push_back(std::move(folder.photos[i]));
  kept.skipped = std::move(folder.skipped);
  folder = std::move(kept);
  if (held.photos.empty())
    throw InputError(
        "--train-data has fewer than ten photos, so that none can be set aside to validate on; give --val-data");
  return held;
}

/// Reads folders of photos with the same options.
class PhotoReader {
 public:
  PhotoReader(const DataOptions& options, const Graph& graph, const std::function<void(std::string_view)>& say)
      : say_(say),
        photos_{.channels = photo_channels(graph, options.patch),
                .least_side = options.patch,
                .threads = loaders(options),
                .limit = options.limit} {}

  PhotoFolder operator()(const std::string& path, const std::string& noisy, std::size_t keep) {
    photos_.keep = keep;
    photos_.noisy = noisy.empty() ? std::nullopt : std::optional<std::filesystem::path>(noisy);
    PhotoFolder folder = read_photos(path, photos_);
    tell_skipped(folder, path, say_);
    return folder;
  }

 private:
  const std::function<void(std::string_view)>& say_;
  PhotoOptions photos_;
};

TrainingData read_photo_data(const DataOptions& options, const Graph& graph,
                             const std::function<void(std::string_view)>& say) {
  const bool own_validation = is_photo_folder(options.validation);
  if (!options.noisy.empty() && own_validation && options.validation_noisy.empty())
    throw UsageError("--val-data needs --val-noisy where --noisy gives the training photos their counterparts");
  PhotoReader read(options, graph, say);
  const std::size_t cache =
      options.cache_mb > 0 ? static_cast<std::size_t>(options.cache_mb) << 20 : cpu::available_memory() / 2;
  TrainingData data;
  data.photos = read(options.train, options.noisy, cache);
  const std::string& noisy = own_validation ? options.validation_noisy : options.noisy;
  const PhotoFolder validation =
      own_validation ? read(options.validation, noisy, validation_cache) : hold_out(data.photos);
  data.validation = squares_of(validation, options.patch, most_squares);
  data.record = {{"train", describe(data.photos, options.train, options.noisy)},
                 {"validation", describe(validation, own_validation ? options.validation : options.train, noisy)}};
  const auto streamed = std::ranges::count_if(data.photos.photos, [](const Photo& photo) { return !photo.kept; });
  if (streamed > 0)
    say(fmt::format("{} of {} photos do not fit into {} MB; {} threads read them in every epoch", streamed,
                    data.photos.photos.size(), cache >> 20, loaders(options)));
  return data;
}

}  // namespace

DeviceSet TrainingData::upload(Device& device, const DataOptions& options, int batch) {
  if (!of_photos()) return dae::upload(device, images);
  return dae::upload(device, std::move(photos),
                     {.side = options.patch, .crops = options.crops, .loaders = loaders(options), .batch = batch});
}

TrainingData read_training_data(const DataOptions& options, const Graph& graph,
                                const std::function<void(std::string_view)>& say) {
  if (is_photo_folder(options.train)) return read_photo_data(options, graph, say);
  if (!options.noisy.empty() || !options.validation_noisy.empty())
    throw UsageError("--noisy and --val-noisy go with folders of photos in --clean and --val-data");
  const std::filesystem::path train_file = find_images(options.train, Split::train);
  const std::filesystem::path validation_file = find_images(options.validation, Split::test);
  TrainingData data;
  data.images = read_idx(train_file, options.limit);
  data.validation = read_idx(validation_file, options.limit);
  check_shapes(graph, data.images.shape, data.validation.shape);
  data.record = {{"train", describe_file(train_file, data.images.shape)},
                 {"validation", describe_file(validation_file, data.validation.shape)}};
  return data;
}

}  // namespace dae
