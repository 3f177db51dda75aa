#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "host/training/trainer.hpp"
#include "host/training/training_data.hpp"

/// \file
/// A whole training run: reads the images, trains, and leaves checkpoints, tables, run.json, curves and a report.
namespace dae {

struct RunOptions {
  TrainingPlan plan;
  DataOptions data;
  bool overwrite = false;             ///< Start over where plan.out holds a run already.
  std::filesystem::path tensorboard;  ///< Folder for an event file; empty for none.
  /// For run.json, which holds them as they are: the program, the settings by which it can repeat the run, and the
  /// threads that it asked for.
  nlohmann::ordered_json program, settings, threads;
};

/// A run before its first step.
struct RunFacts {
  Shape sample;
  std::size_t images = 0;  ///< Or photos, where plan.data has such.
  bool of_photos = false;
  std::size_t validation_images = 0;
  std::string summary;               ///< The network's table.
  std::string noise;                 ///< "gaussian 0.5, clipped, static", or where the noisy photos are.
  double noisy_psnr = 0;             ///< The validation images' noisy input's.
  std::optional<double> floor = {};  ///< The loss of a perfect result, where that is not 0.
  MemoryPlan memory = {};            ///< For training.
};

class RunObserver : public TrainingObserver {
 public:
  /// A line about the data: files that were skipped, say.
  virtual void noted(std::string_view /*line*/) {}
  /// The images are on the device.
  virtual void prepared(const RunFacts&) {}
  /// Follows `starting`: run.json was written, and this is what it holds.
  virtual void recorded(const nlohmann::ordered_json& /*record*/) {}
  /// Everything is written; `result` is part of run.json.
  virtual void ended(const nlohmann::ordered_json& /*result*/) {}
};

/// Reads the images, asks for the device, trains by the plan (see `train`) and writes all that a run has to hold into
/// plan.out. Throws UsageError where that folder holds a run that is neither to be resumed nor overwritten, or another
/// process works in it, and what read_training_data and `train` throw.
TrainingResult train_run(const std::function<Device&()>& device, const RunOptions& options, RunObserver& observer,
                         const std::function<bool()>& stop);

}  // namespace dae
