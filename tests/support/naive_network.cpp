#include "tests/support/naive_network.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dae::test {
namespace {

Images shaped(const Shape& shape) { return {shape, std::vector<double>(shape.size())}; }

/// Calls act(n, y, x, c) for every element.
template <class Act>
void each(const Shape& s, Act act) {
  for (int n = 0; n < s.n; ++n)
    for (int y = 0; y < s.h; ++y)
      for (int x = 0; x < s.w; ++x)
        for (int c = 0; c < s.c; ++c) act(n, y, x, c);
}

struct Layer {
  std::vector<const Images*> in;
  const double* weight;
  const double* bias;
  double noise_level;
  Images out;

  void operator()(const Input&) { out = *in[0]; }
  void operator()(const Conv2d& op) {
    const Images& x = *in[0];
    const int before = op.padding == Padding::same ? (op.kernel - 1) / 2 : 0;
    each(out.shape, [&](int n, int y, int xx, int o) {
      double sum = bias[o];
      for (int i = 0; i < x.shape.c; ++i)
        for (int ky = 0; ky < op.kernel; ++ky)
          for (int kx = 0; kx < op.kernel; ++kx) {
            const int iy = y + ky - before, ix = xx + kx - before;
            if (iy >= 0 && iy < x.shape.h && ix >= 0 && ix < x.shape.w)
              sum += weight[((o * x.shape.c + i) * op.kernel + ky) * op.kernel + kx] * x.at(n, iy, ix, i);
          }
      out.at(n, y, xx, o) = sum;
    });
  }
  void operator()(const MaxPool2d& op) {
    const Images& x = *in[0];
    each(out.shape, [&](int n, int y, int xx, int c) {
      double most = -std::numeric_limits<double>::infinity();
      for (int i = y * op.size; i < std::min((y + 1) * op.size, x.shape.h); ++i)
        for (int j = xx * op.size; j < std::min((xx + 1) * op.size, x.shape.w); ++j)
          most = std::max(most, x.at(n, i, j, c));
      out.at(n, y, xx, c) = most;
    });
  }
  void operator()(const Upsample2d& op) {
    each(out.shape,
         [&](int n, int y, int x, int c) { out.at(n, y, x, c) = in[0]->at(n, y / op.factor, x / op.factor, c); });
  }
  void operator()(const Dense& op) {
    const Images& x = *in[0];
    each(out.shape, [&](int n, int, int, int u) {
      double sum = bias[u];
      for (int c = 0; c < x.shape.c; ++c) sum += weight[u * x.shape.c + c] * x.at(n, 0, 0, c);
      out.at(n, 0, 0, u) = sum;
    });
    (void)op;
  }
  void operator()(const Flatten&) {
    const Shape& s = in[0]->shape;
    each(s, [&](int n, int y, int x, int c) { out.at(n, 0, 0, (c * s.h + y) * s.w + x) = in[0]->at(n, y, x, c); });
  }
  void operator()(const Reshape&) {
    const Shape& s = out.shape;
    each(s, [&](int n, int y, int x, int c) { out.at(n, y, x, c) = in[0]->at(n, 0, 0, (c * s.h + y) * s.w + x); });
  }
  void operator()(const ReLU&) {
    for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] = std::max(in[0]->values[i], 0.0);
  }
  void operator()(const Sigmoid&) {
    for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] = 1 / (1 + std::exp(-in[0]->values[i]));
  }
  void operator()(const Add&) {
    for (const Images* each_in : in)
      for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] += each_in->values[i];
  }
  void operator()(const Subtract&) {
    for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] = in[0]->values[i] - in[1]->values[i];
  }
  void operator()(const SpaceToDepth& op) {
    each(in[0]->shape, [&](int n, int y, int x, int c) {
      const int channel = (c * op.block + y % op.block) * op.block + x % op.block;
      out.at(n, y / op.block, x / op.block, channel) = in[0]->at(n, y, x, c);
    });
  }
  void operator()(const DepthToSpace& op) {
    each(out.shape, [&](int n, int y, int x, int c) {
      const int channel = (c * op.block + y % op.block) * op.block + x % op.block;
      out.at(n, y, x, c) = in[0]->at(n, y / op.block, x / op.block, channel);
    });
  }
  void operator()(const NoiseMap&) { std::ranges::fill(out.values, noise_level); }
  void operator()(const Concat&) {
    int first = 0;
    for (const Images* part : in) {
      each(part->shape, [&](int n, int y, int x, int c) { out.at(n, y, x, first + c) = part->at(n, y, x, c); });
      first += part->shape.c;
    }
  }
};

}  // namespace

Images naive_output(const Graph& graph, const Images& in, std::span<const double> weights, double noise_level) {
  const std::vector<Shape> shapes = infer_shapes(graph, in.shape);
  const std::vector<Parameter> all = parameters(graph, in.shape);
  std::vector<Images> values;
  values.reserve(graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    Layer layer{{}, nullptr, nullptr, noise_level, shaped(shapes[i])};
    if (i == 0) layer.in.push_back(&in);
    for (const int input : graph.nodes[i].inputs) layer.in.push_back(&values[static_cast<std::size_t>(input)]);
    for (const Parameter& p : all)
      if (p.node == static_cast<int>(i)) (p.fan_in > 0 ? layer.weight : layer.bias) = weights.data() + p.offset;
    std::visit(layer, graph.nodes[i].op);
    values.push_back(std::move(layer.out));
  }
  return values.back();
}

}  // namespace dae::test
