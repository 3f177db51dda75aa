#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "host/files/csv_log.hpp"
#include "host/images/formats.hpp"
#include "host/report/event_file.hpp"
#include "host/training/trainer.hpp"

namespace dae {

/// A run's tables for TensorBoard (`train --tensorboard DIR`): train/loss and train/lr of every step, validation/loss
/// and validation/psnr of every epoch, train/images_per_s, and the sample picture.
class TensorBoard {
 public:
  /// Does nothing without a folder. Steps up to `done` were logged by the run that is resumed.
  TensorBoard(const std::filesystem::path& folder, const std::filesystem::path& run, std::uint64_t done);

  void epoch_ended(const EpochResult&);
  void ended(const Picture& samples);

 private:
  void log_steps();

  std::filesystem::path run_;
  std::optional<EventFile> file_;
  std::optional<CsvReader> steps_;
  std::uint64_t done_;
};

}  // namespace dae
