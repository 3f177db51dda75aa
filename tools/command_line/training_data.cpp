#include "tools/command_line/training_data.hpp"

#include <thread>

#include <nlohmann/json.hpp>

#include "host/trainer.hpp"
#include "tools/command_line/run_record.hpp"

namespace dae {
namespace {

using json = nlohmann::ordered_json;

/// Validation squares: enough for a figure that does not jump, few enough to cost little beside an epoch.
constexpr std::size_t most_squares = 256;
constexpr std::size_t named_files = 5;

void tell_skipped(const PhotoFolder& folder, const std::string& path,
                  const std::function<void(std::string_view)>& say) {
  if (folder.skipped.empty()) return;
  say(fmt::format("{} of {} files in {} were skipped:", folder.skipped.size(),
                  folder.skipped.size() + folder.photos.size(), path));
  for (std::size_t i = 0; i < std::min(named_files, folder.skipped.size()); ++i)
    say(fmt::format("  {}: {}", quote(folder.skipped[i].name), folder.skipped[i].reason));
  if (folder.skipped.size() > named_files) say(fmt::format("  and {} more", folder.skipped.size() - named_files));
}

json describe(const PhotoFolder& folder, const std::string& path) {
  return {{"path", std::filesystem::absolute(path).lexically_normal().string()},
          {"photos", folder.photos.size()},
          {"skipped", folder.skipped.size()}};
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

TrainingData read_photo_data(const TrainFlags& flags, bool own_validation, const Graph& graph,
                             const std::function<void(std::string_view)>& say) {
  const int channels = photo_channels(graph, flags.patch);
  const int threads =
      flags.device.threads > 0 ? flags.device.threads : static_cast<int>(std::thread::hardware_concurrency());
  const auto read = [&](const std::string& path) {
    PhotoFolder folder = read_photos(path, channels, flags.patch, threads, flags.limit.value_or(0));
    tell_skipped(folder, path, say);
    return folder;
  };
  TrainingData data;
  data.photos = read(flags.train_data);
  const PhotoFolder validation = own_validation ? read(flags.val_data) : hold_out(data.photos);
  data.validation = squares_of(validation, flags.patch, most_squares);
  data.record = {{"train", describe(data.photos, flags.train_data)},
                 {"validation", describe(validation, own_validation ? flags.val_data : flags.train_data)}};
  return data;
}

}  // namespace

DeviceSet TrainingData::upload(Device& device, const TrainFlags& flags) const {
  return of_photos() ? dae::upload(device, photos, flags.patch, flags.crops) : dae::upload(device, images);
}

TrainingData read_training_data(const TrainFlags& flags, bool own_validation, const Graph& graph,
                                const std::function<void(std::string_view)>& say) {
  if (is_photo_folder(flags.train_data)) return read_photo_data(flags, own_validation, graph, say);
  const std::filesystem::path train_file = find_images(flags.train_data, Split::train);
  const std::filesystem::path validation_file = find_images(flags.val_data, Split::test);
  TrainingData data;
  data.images = read_idx(train_file, flags.limit.value_or(0));
  data.validation = read_idx(validation_file, flags.limit.value_or(0));
  check_shapes(graph, data.images.shape, data.validation.shape);
  data.record = {{"train", describe_file(train_file, data.images.shape)},
                 {"validation", describe_file(validation_file, data.validation.shape)}};
  return data;
}

}  // namespace dae
