#include "host/tiled_network.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dae/error.hpp"
#include "host/loss.hpp"

namespace dae {
namespace {

// What programs may take of the memory; the windows before and behind them have the rest.
constexpr std::size_t quarters_for_programs = 3;
constexpr std::size_t most_programs = 8, most_plans = 1000;
constexpr int most_strips = 8;

using Sizes = std::map<std::pair<int, int>, std::size_t>;

struct Place {
  TiledImage* image;
  Window window;
};

class WholeImage final : public TiledImage {
 public:
  WholeImage(std::span<const float> from, std::span<float> to, const Shape& shape)
      : TiledImage(shape), from_(from), to_(to) {}
  void read(const Window& window, std::span<float> to) const override { read_window(from_, shape(), window, to); }
  void write(std::span<const float> answer, const Window& window) override {
    write_answer(answer, window, shape(), to_);
  }

 private:
  std::span<const float> from_;
  std::span<float> to_;
};

std::map<int, std::size_t> count_sizes(const std::vector<Extent>& extents) {
  std::map<int, std::size_t> counts;
  for (const Extent& extent : extents) ++counts[extent.size];
  return counts;
}

}  // namespace

TiledNetwork::TiledNetwork(Device& device, const Checkpoint& checkpoint, const NoiseRecipe& noise,
                           const TileOptions& options)
    : device_(device),
      graph_(checkpoint.graph),
      noise_(noise),
      options_(options),
      sample_(checkpoint.sample),
      tied_(tiling(graph_).reason),
      rule_(tiling(graph_)),
      state_(device.make_state(graph_, checkpoint.sample)) {
  state_->write(checkpoint.weights, {}, checkpoint.step);
}

void TiledNetwork::check(const Shape& shape) const {
  if (tied_.empty() || (shape.h == sample_.h && shape.w == sample_.w)) return;
  throw ShapeError(fmt::format("is {}x{}, but model {} takes {}x{} only: {}", shape.w, shape.h, graph_.name, sample_.w,
                               sample_.h, tied_));
}

Spec TiledNetwork::spec(int h, int w) const {
  return {
      .shape = {options_.batch, h, w, sample_.c}, .mode = Mode::predict, .loss = usual_loss(graph_), .noise = noise_};
}

std::vector<Extent> TiledNetwork::extents(int length, int window) const {
  if (!tied_.empty()) return {{0, length, 0, length}};
  return cut(length, window, rule_);
}

std::size_t TiledNetwork::bytes_for(int h, int w) {
  if (const auto known = bytes_.find({h, w}); known != bytes_.end()) return known->second;
  if (bytes_.size() == most_plans) bytes_.clear();
  const MemoryPlan plan = device_.plan(graph_, spec(h, w));
  return bytes_[{h, w}] = plan.parameters + plan.activations + plan.workspace;
}

std::size_t TiledNetwork::at_once_for(int h, int w) {
  if (const auto known = at_once_.find({h, w}); known != at_once_.end()) return known->second;
  if (at_once_.size() == most_plans) at_once_.clear();
  return at_once_[{h, w}] = static_cast<std::size_t>(device_.predicts_at_once(graph_, spec(h, w)));
}

Program& TiledNetwork::program(int h, int w) {
  const auto found = std::ranges::find_if(programs_, [&](const Compiled& each) { return each.h == h && each.w == w; });
  if (found != programs_.end()) {
    std::rotate(found, found + 1, programs_.end());
    return *programs_.back().program;
  }
  const std::size_t bytes = bytes_for(h, w);
  std::size_t all = bytes;
  for (const Compiled& each : programs_) all += each.bytes;
  while (programs_.size() == most_programs ||
         (!programs_.empty() && all > options_.memory / 4 * quarters_for_programs)) {
    all -= programs_.front().bytes;
    programs_.erase(programs_.begin());
  }
  programs_.push_back({h, w, bytes, device_.compile(graph_, spec(h, w))});
  return *programs_.back().program;
}

TiledNetwork::WindowSize TiledNetwork::window_for(std::span<TiledImage* const> images) {
  if (options_.window > 0) return {options_.window, options_.window};
  const int least = least_window(rule_);
  int longest = least;
  for (const TiledImage* image : images) longest = std::max({longest, image->shape().h, image->shape().w});

  // A pass costs as much for one window as for as many as the device takes at once.
  const auto sizes_of = [&](const WindowSize& window) {
    Sizes sizes;
    for (const TiledImage* image : images)
      for (const auto& [h, down] : count_sizes(cut(image->shape().h, window.first, rule_)))
        for (const auto& [w, across] : count_sizes(cut(image->shape().w, window.second, rule_)))
          sizes[{h, w}] += down * across;
    return sizes;
  };
  const auto cost_of = [&](const WindowSize& window) {
    double cost = 0;
    for (const auto& [size, count] : sizes_of(window)) {
      const std::size_t at_once = at_once_for(size.first, size.second);
      cost += static_cast<double>((count + at_once - 1) / at_once * at_once) * size.first * size.second;
    }
    return cost;
  };
  std::vector<std::pair<double, WindowSize>> candidates;
  const auto consider = [&](const WindowSize& window) { candidates.emplace_back(cost_of(window), window); };
  for (int side = least;; side = std::min(longest + rule_.step, side + std::max(rule_.step, side / 8))) {
    consider({side, side});
    if (side > longest) break;
  }
  // Strips of one height, so that a few threads can share one picture.
  for (int strips = 2; strips <= most_strips; ++strips) {
    const int rows = (longest + 2 * rule_.overlap * (strips - 1) + strips - 1) / strips;
    consider({(rows + rule_.step - 1) / rule_.step * rule_.step, longest + rule_.step});
  }
  std::ranges::sort(candidates);
  // Another window means other programs: they are not made for little.
  if (window_.first != 0 && cost_of(window_) <= 1.1 * candidates[0].first)
    candidates.insert(candidates.begin(), {0.0, window_});
  for (const auto& [cost, window] : candidates) {
    std::size_t most = 0;
    for (const auto& [size, count] : sizes_of(window)) most = std::max(most, bytes_for(size.first, size.second));
    if (most <= options_.memory / 4 * quarters_for_programs) return window_ = window;
  }
  throw MemoryError(
      fmt::format("not even a window of {} pixels fits into {} MB; raise --max-memory", least, options_.memory >> 20));
}

bool TiledNetwork::operator()(std::span<TiledImage* const> images, const Watch& watch) {
  for (const TiledImage* image : images) check(image->shape());
  const WindowSize window = tied_.empty() ? window_for(images) : WindowSize{};
  std::map<std::pair<int, int>, std::vector<Place>> by_size;
  for (TiledImage* image : images)
    for (const Extent& y : extents(image->shape().h, window.first))
      for (const Extent& x : extents(image->shape().w, window.second))
        by_size[{y.size, x.size}].push_back({image, {y, x}});

  std::size_t pixels = 0, done = 0;
  for (const auto& [size, places] : by_size)
    pixels += places.size() * static_cast<std::size_t>(size.first) * static_cast<std::size_t>(size.second);
  std::vector<float> in, out;
  for (const auto& [size, places] : by_size) {
    Program& network = program(size.first, size.second);
    const std::size_t each = Shape{1, size.first, size.second, sample_.c}.sample_size();
    // Several batches, so that all threads have work, as far as the memory allows.
    const std::size_t fit = options_.memory / 4 / (2 * each * sizeof(float));
    const std::size_t at_once = std::clamp(fit, std::size_t{1}, static_cast<std::size_t>(4 * options_.batch));
    for (std::size_t first = 0; first < places.size(); first += at_once) {
      const auto here = std::span(places).subspan(first, std::min(at_once, places.size() - first));
      in.resize(here.size() * each);
      out.resize(in.size());
      for (std::size_t i = 0; i < here.size(); ++i)
        here[i].image->read(here[i].window, std::span(in).subspan(i * each, each));
      network.predict(*state_, in, out);
      for (std::size_t i = 0; i < here.size(); ++i)
        here[i].image->write(std::span(out).subspan(i * each, each), here[i].window);
      done += in.size() / static_cast<std::size_t>(sample_.c);
      if (watch && !watch(static_cast<double>(done) / static_cast<double>(pixels))) return false;
    }
  }
  return true;
}

std::vector<float> TiledNetwork::operator()(std::span<const float> image, const Shape& shape) {
  if (image.size() != shape.sample_size())
    throw UsageError(fmt::format("got {} values for an image of {}", image.size(), to_string(shape)));
  std::vector<float> result(image.size());
  WholeImage whole(image, result, shape);
  TiledImage* const images[] = {&whole};
  (*this)(images);
  return result;
}

}  // namespace dae
