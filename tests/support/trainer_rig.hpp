#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "host/files/csv_log.hpp"
#include "host/training/trainer.hpp"
#include "tests/support/fake_device.hpp"
#include "tests/support/temp_folder.hpp"

/// \file
/// Training runs of 3 epochs of 5 steps on a fake device, and what they leave.
namespace dae {

inline constexpr int train_count = 23, validation_count = 11;

inline ImageSet images(int count, Shape shape = {1, 4, 4, 1}) {
  ImageSet set{shape.with_batch(count), {}};
  for (std::size_t i = 0; i < set.shape.size(); ++i) set.pixels.push_back(static_cast<std::uint8_t>(i * 31));
  return set;
}

inline Graph small_graph() {
  Graph graph;
  graph.name = "small";
  graph.append(Input{});
  graph.append(Conv2d{.filters = 1});
  graph.append(Sigmoid{});
  return graph;
}

/// One run on a fake device of its own.
struct Rig : TrainingObserver {
  explicit Rig(const std::filesystem::path& out) {
    plan.graph = small_graph();
    plan.noise.parts = {Gaussian{}};
    plan.epochs = 3;
    plan.batch = 5;
    plan.out = out;
  }
  void starting(const ChosenPlans& plans) override { chosen = plans; }
  [[nodiscard]] std::chrono::milliseconds interval() const override { return every; }
  void progressed(const TrainingProgress& progress) override { told.push_back(progress); }
  void epoch_ended(const EpochResult& result) override { results.push_back(result); }
  TrainingResult run() {
    const DeviceSet train_set = upload(device, train_images), validation_set = upload(device, validation_images);
    return train(device, plan, train_set, validation_set, *this, [&] { return stop_at-- == 0; });
  }

  FakeDevice device;
  TrainingPlan plan;
  ImageSet train_images = images(train_count), validation_images = images(validation_count);
  std::vector<EpochResult> results;
  std::vector<TrainingProgress> told;
  std::chrono::milliseconds every{100};
  ChosenPlans chosen;
  int stop_at = -1;  ///< Say stop when asked for the Nth time.
};

/// The columns of a table that must not depend on time.
inline std::vector<std::vector<double>> lasting(const std::filesystem::path& table, std::size_t columns) {
  std::vector<std::vector<double>> rows = read_csv(table);
  for (auto& row : rows) row.resize(columns);
  return rows;
}

/// The files that a run leaves, without the columns that depend on time.
struct Files {
  explicit Files(const std::filesystem::path& folder)
      : last(slurp(folder / "last.safetensors")),
        best(slurp(folder / "best.safetensors")),
        history(lasting(folder / "history.csv", 4)),
        steps(lasting(folder / "steps.csv", 4)) {}
  friend bool operator==(const Files&, const Files&) = default;
  std::string last, best;
  std::vector<std::vector<double>> history, steps;
};

}  // namespace dae
