#include "host/graph/loss.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dae/error.hpp"
#include "host/graph/ssim.hpp"
#include "host/text/kinds.hpp"
#include "host/text/quote.hpp"

namespace dae {
namespace {

/// All but Dot.
constexpr auto names = std::span(Kinds<Loss>::names).first<std::variant_size_v<Loss> - 1>();

}  // namespace

std::size_t loss_terms(const Loss& loss, const Shape& output) {
  if (std::holds_alternative<Dot>(loss)) return 1;
  if (!std::holds_alternative<Ssim>(loss)) return output.sample_size();
  const int windows_down = output.h - ssim_side(output) + 1, windows_across = output.w - ssim_side(output) + 1;
  return static_cast<std::size_t>(windows_down) * static_cast<std::size_t>(windows_across) *
         static_cast<std::size_t>(output.c);
}

std::span<const std::string_view> loss_names() { return names; }

Loss loss_named(std::string_view name) {
  if (const auto loss = Kinds<Loss>::named(name); loss && name != Dot::name) return *loss;
  throw UsageError(fmt::format("unknown loss {}; use {}", quote(name), fmt::join(names, ", ")));
}

std::string_view loss_name(const Loss& loss) { return Kinds<Loss>::name_of(loss); }

Loss usual_loss(const Graph& graph) { return ends_in_sigmoid(graph) ? Loss(Bce{}) : Loss(Mse{}); }

}  // namespace dae
