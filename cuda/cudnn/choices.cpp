#include "cuda/cudnn/choices.hpp"

#include <nlohmann/json.hpp>

#include "dae/error.hpp"

namespace dae::cuda {

std::string to_text(const cudnn::Choices& choices, const std::string& scope) {
  return nlohmann::json{{"scope", scope}, {"plans", choices}}.dump();
}

cudnn::Choices choices_in(const std::string& text, const std::string& scope) {
  if (text.empty()) return {};
  try {
    const auto json = nlohmann::json::parse(text);
    if (json.at("scope").get<std::string>() != scope) return {};
    return json.at("plans").get<cudnn::Choices>();
  } catch (const nlohmann::json::exception&) {
    throw UsageError("the plans of an earlier run are not what this program writes; leave them out");
  }
}

}  // namespace dae::cuda
