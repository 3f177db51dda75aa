#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace dae::cuda::cudnn {

/// A plan on disk: what Plan::restore takes.
struct CachedPlan {
  std::string name, json;
};

/// Plans kept in a folder between runs, one file each. cuDNN accepts a plan with a flipped bit, so that every file
/// carries a SHA-256 of its content, and the whole key, of which its name is a hash. An empty folder's name means that
/// nothing is kept.
class PlanCache {
 public:
  explicit PlanCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Nothing when there is no file, or when it is damaged or of another key or format (it will be written anew).
  [[nodiscard]] std::optional<CachedPlan> find(const std::string& key) const;
  /// A failure to write is not an error: the plan will be made again.
  void store(const std::string& key, const CachedPlan& plan) const;

 private:
  [[nodiscard]] std::filesystem::path path_of(const std::string& key) const;
  std::filesystem::path folder_;
};

}  // namespace dae::cuda::cudnn
