#include "cuda/cudnn/plan_cache.hpp"

#include <fmt/format.h>

#include <array>
#include <span>
#include <string_view>

#include "dae/error.hpp"
#include "host/files/atomic_file.hpp"
#include "host/files/input_file.hpp"
#include "host/files/sha256.hpp"

namespace dae::cuda::cudnn {
namespace {

constexpr std::string_view kFormat = "dae-cuda plan 2";
constexpr std::size_t kLargest = std::size_t{64} << 20;

std::string digest(std::string_view text) {
  Sha256 hash;
  hash.add(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  return hash.finish();
}

/// Takes the first line off a text.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

std::filesystem::path PlanCache::path_of(const std::string& key) const {
  return folder_ / (digest(key).substr(0, 32) + ".plan");
}

std::optional<CachedPlan> PlanCache::find(const std::string& key) const {
  std::error_code ignored;
  if (folder_.empty() || !std::filesystem::exists(path_of(key), ignored)) return std::nullopt;
  try {
    const std::string content = read_file(path_of(key), kLargest);
    std::string_view rest = content;
    if (take_line(rest) != kFormat) return std::nullopt;
    const std::string_view hash = take_line(rest);
    if (hash != digest(rest)) return std::nullopt;
    if (take_line(rest) != key) return std::nullopt;
    const std::string name(take_line(rest));
    return CachedPlan{name, std::string(rest)};
  } catch (const InputError&) {
    return std::nullopt;
  }
}

void PlanCache::store(const std::string& key, const CachedPlan& plan) const {
  if (folder_.empty()) return;
  const std::string body = fmt::format("{}\n{}\n{}", key, plan.name, plan.json);
  try {
    make_folder(folder_);
    write_file(path_of(key), fmt::format("{}\n{}\n{}", kFormat, digest(body), body));
  } catch (const OutputError&) {
    // A cache that cannot be written costs time, not the run.
  }
}

}  // namespace dae::cuda::cudnn
