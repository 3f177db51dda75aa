#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "host/training/training_plan.hpp"
#include "host/training/training_plots.hpp"

namespace dae {

/// The content of a run's report beside its tables.
struct ReportContent {
  const nlohmann::ordered_json& record;  ///< run.json, with its result.
  std::string summary;                   ///< The network's table.
  double noisy_psnr = 0;                 ///< The validation images' noisy input's.
  std::optional<double> floor;           ///< The loss of a perfect result.
};

/// Writes report.html into the run's folder: one file that needs no network, with settings, network, loss curve,
/// samples before and after, metrics beside the noisy input's, device, versions and hashes. Throws OutputError.
void write_report(const TrainingPlan&, const ReportContent&, const SampleRows&);

}  // namespace dae
