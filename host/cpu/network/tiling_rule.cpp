#include "host/cpu/network/tiling_rule.hpp"

#include <algorithm>

#include "host/cpu/stages/convolution.hpp"
#include "host/graph/layers/all.hpp"

namespace dae::cpu {
namespace {

/// The tile of a layer's result, or 0 where the layer needs pixels that tiles do not have. A convolution's reach is
/// looked at apart.
int tile_through(const Op& op, int tile) {
  const Reach reach = with_layer(op, [](const auto& each, auto layer) { return layer.reach(each); });
  const bool whole_image = !reach.one_size.empty() && reach.radius == 0;
  return whole_image || tile % reach.down != 0 ? 0 : tile / reach.down * reach.up;
}

}  // namespace

bool TilingRule::never_negative(std::size_t node) const {
  while (fusions_.is_identity(node)) node = static_cast<std::size_t>(graph_.nodes[node].inputs[0]);
  return std::holds_alternative<ReLU>(graph_.nodes[node].op) || std::holds_alternative<Sigmoid>(graph_.nodes[node].op);
}

int TilingRule::tile_after(std::size_t node, const Length& length) const {
  const Op& op = graph_.nodes[node].op;
  if (length.parts == 1) return length.tile == length.in ? length.out : 0;
  if (length.parts * length.tile < length.in) return 0;
  int tile = tile_through(op, length.tile);
  if (const auto* conv = std::get_if<Conv2d>(&op)) {
    const int before = conv->padding == Padding::same ? (conv->kernel - 1) / 2 : 0;
    const int reach = upsampling(node) > 1 ? conv->kernel - 1 : std::max(before, conv->kernel - 1 - before);
    if (reach > length.tile) return 0;  // borders come from neighbours only
    tile *= upsampling(node);
    if (fusions_.from(node).pool) tile = tile % 2 == 0 ? tile / 2 : 0;
  }
  // Pixels beyond the edge are zero and must not become the maximum of a window that sticks out.
  if (const auto* pool = std::get_if<MaxPool2d>(&op);
      pool != nullptr && length.in % pool->size != 0 &&
      !never_negative(static_cast<std::size_t>(graph_.nodes[node].inputs[0])))
    return 0;
  return length.parts * tile >= length.out ? tile : 0;
}

std::optional<LaneTiling> TilingRule::result(std::size_t node, const LaneTiling& in) const {
  const bool halved = node > 0 && fusions_.taken_apart(static_cast<std::size_t>(graph_.nodes[node].inputs[0]));
  if (halved && (in.height % 2 != 0 || in.width % 2 != 0)) return std::nullopt;
  const Shape &from = input_shape(node), &to = shapes_[fusions_.from(node).last];
  const LaneTiling out{in.down, in.across, tile_after(node, {in.down, in.height, from.h, to.h}),
                       tile_after(node, {in.across, in.width, from.w, to.w})};
  if (out.height == 0 || out.width == 0) return std::nullopt;
  const auto* conv = std::get_if<Conv2d>(&graph_.nodes[node].op);
  if (conv == nullptr) return out;
  const Shape tile = tile_before_pooling(out, fusions_.from(node).pool, shapes_[node]);
  if (!may_be_cut(ConvShape(*conv, tile_of(in, from), tile, upsampling(node), shapes_[node]), in.down > 1,
                  in.across > 1))
    return std::nullopt;
  return out;
}

}  // namespace dae::cpu
