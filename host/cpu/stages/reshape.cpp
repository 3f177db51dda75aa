#include "host/cpu/stages/layer_stages.hpp"

namespace dae::cpu {
namespace {

bool is_vector(const Planes& planes) { return planes.height * planes.width == 1; }

/// A part of some planes: one channel, `height` x `width` pixels from pixel (y, x) on.
Planes part(Planes planes, int channel, int y, int x, int height, int width, int lanes) {
  planes.at += channel * planes.plane + y * planes.row + static_cast<std::ptrdiff_t>(x) * lanes;
  planes.channels = 1;
  planes.height = height;
  planes.width = width;
  return planes;
}

/// Calls act(part of the vector, part of the image) for parts that have the same form, of `channels` of the image: a
/// whole channel where the vector's elements lie side by side, else (a convolution of a feature vector asks for a
/// border) one element.
template <class Act>
void for_parts(Planes vector, const Planes& image, const Slice& channels, int lanes, Act act) {
  const bool dense = vector.plane == lanes;
  const int h = image.height, w = image.width;
  for (int c = channels.first; c < channels.end(); ++c) {
    if (dense) {
      Planes elements = part(vector, c * h * w, 0, 0, h, w, lanes);
      elements.row = static_cast<std::ptrdiff_t>(w) * lanes;
      act(elements, part(image, c, 0, 0, h, w, lanes));
      continue;
    }
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x)
        act(part(vector, (c * h + y) * w + x, 0, 0, 1, 1, lanes), part(image, c, y, x, 1, 1, lanes));
  }
}

/// The thread's share.
void move(const Block& block, Planes from, Planes to, bool accumulate) {
  const auto scale = block.kernels.scale;
  const int lanes = block.kernels.lanes;
  if (is_vector(from) && is_vector(to)) {
    scale(block.channels(from), 1.0f, block.channels(to), accumulate);
  } else if (is_vector(from)) {
    for_parts(from, to, block.share(to.channels), lanes,
              [&](const Planes& v, const Planes& i) { scale(v, 1.0f, i, accumulate); });
  } else {
    for_parts(to, from, block.share(from.channels), lanes,
              [&](const Planes& v, const Planes& i) { scale(i, 1.0f, v, accumulate); });
  }
}

}  // namespace

void ReshapeStage::forward(const Block& block) const {
  move(block, in_[0].value->data->in(block.arena), out(block), false);
}

void ReshapeStage::backward(const Block& block) const {
  if (wants_d_in(block)) move(block, d_out(block), d_in(block), adds());
}

}  // namespace dae::cpu
