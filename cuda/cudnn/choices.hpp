#pragma once

#include <string>

#include "cuda/cudnn/planner.hpp"

namespace dae::cuda {

/// Choices as JSON for Spec::plans, with the scope (cuDNN's version and device) that they hold in.
std::string to_text(const cudnn::Choices& choices, const std::string& scope);

/// The inverse of to_text; empty when the text is empty or of another scope. Throws UsageError for anything else.
cudnn::Choices choices_in(const std::string& text, const std::string& scope);

}  // namespace dae::cuda
