#include "host/denoise/windowed_network.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dae/error.hpp"
#include "host/graph/loss.hpp"

namespace dae {
namespace {

// The part of the memory that programs may take; the windows before and behind them have the rest.
constexpr std::size_t quarters_for_programs = 3;
constexpr std::size_t most_programs = 8, most_known = 1000;
constexpr int most_strips = 8;
// A prediction gets so many, so that all threads have work, and copies go beside batches.
constexpr int batches_at_once = 4;

struct PlacedWindow {
  WindowedImage* image;
  Window window;
};

class WholeImage final : public WindowedImage {
 public:
  WholeImage(std::span<const float> from, std::span<float> to, const Shape& shape)
      : WindowedImage(shape), from_(from), to_(to) {}
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

WindowedNetwork::WindowedNetwork(Device& device, const Checkpoint& checkpoint, const NoiseRecipe& noise,
                                 const WindowOptions& options)
    : device_(device),
      graph_(checkpoint.graph),
      noise_(noise),
      options_(options),
      sample_(checkpoint.sample),
      tied_(window_constraints(graph_).reason),
      rule_(window_constraints(graph_), device.compile_cost_in_batches() > 0),
      state_(device.make_state(graph_, checkpoint.sample)) {
  state_->write(checkpoint.weights, {}, checkpoint.step);
}

void WindowedNetwork::check(const Shape& shape) const {
  if (tied_.empty() || (shape.h == sample_.h && shape.w == sample_.w)) return;
  throw ShapeError(fmt::format("is {}x{}, but model {} takes {}x{} only: {}", shape.w, shape.h, graph_.name, sample_.w,
                               sample_.h, tied_));
}

Spec WindowedNetwork::spec(const Size& size, int batch) const {
  return {.shape = {batch, size.first, size.second, sample_.c},
          .mode = Mode::predict,
          .loss = usual_loss(graph_),
          .noise = noise_,
          .computation = options_.computation};
}

std::vector<Extent> WindowedNetwork::extents(int length, int window) const {
  if (!tied_.empty()) return {{0, length, 0, length}};
  return cut(length, window, rule_);
}

bool WindowedNetwork::is_compiled(const Size& size) const {
  return std::ranges::find(programs_, size, &Compiled::size) != programs_.end();
}

std::size_t WindowedNetwork::program_bytes() const {
  std::size_t bytes = 0;
  for (const Compiled& each : programs_) bytes += each.fit.bytes;
  return bytes;
}

WindowedNetwork::Known& WindowedNetwork::known(const Size& size) {
  if (known_.size() == most_known && !known_.contains(size)) known_.clear();
  Known& known = known_[size];
  if (known.at_once == 0) {
    try {
      known.at_once = std::min(options_.batch, device_.preferred_batch(graph_, spec(size, options_.batch)));
    } catch (const ShapeError&) {  // More elements than a tensor may have, a picture of 100 megapixels in one piece.
      known = {.at_once = 1, .fit = Fit{}};
    }
  }
  return known;
}

WindowedNetwork::Fit WindowedNetwork::fit(const Size& size, int most) const {
  for (Fit result{most, 0, 0};;) {
    const MemoryPlan plan = device_.plan(graph_, spec(size, result.batch));
    // The device counts our own programs as taken too, which make room for each other.
    const std::size_t taken = plan.images + plan.context - std::min(plan.context, program_bytes());
    result.bytes = plan.own();
    result.room =
        std::min(options_.memory / 4 * quarters_for_programs, plan.available - std::min(plan.available, taken));
    if (result.bytes <= result.room) return result;
    if (result.batch == 1) return {0, result.bytes, result.room};
    const double part = static_cast<double>(result.room) / static_cast<double>(result.bytes);
    result.batch = std::clamp(static_cast<int>(result.batch * part), 1, result.batch / 2);
  }
}

bool WindowedNetwork::fits(const Size& size) {
  Known& known = this->known(size);
  if (!known.fit) known.fit = fit(size, known.at_once);
  return known.fit->batch > 0;
}

WindowedNetwork::Compiled& WindowedNetwork::program(const Size& size) {
  const auto found = std::ranges::find(programs_, size, &Compiled::size);
  if (found != programs_.end()) {
    std::rotate(found, found + 1, programs_.end());
    return programs_.back();
  }
  const Fit fit = this->fit(size, known(size).at_once);
  if (fit.batch == 0)
    throw MemoryError(
        fmt::format("a window of {}x{} pixels takes {} MB, there are {} MB for it; raise --max-memory "
                    "where the device has more",
                    size.second, size.first, fit.bytes >> 20, fit.room >> 20));
  while (programs_.size() == most_programs || (!programs_.empty() && program_bytes() + fit.bytes > fit.room))
    programs_.erase(programs_.begin());
  programs_.push_back({size, fit, device_.compile(graph_, spec(size, fit.batch))});
  return programs_.back();
}

std::size_t WindowedNetwork::enough(const Shape& image) {
  const auto padded = [&](int length) { return (length + rule_.stride - 1) / rule_.stride * rule_.stride; };
  const Size whole = tied_.empty() ? Size{padded(image.h), padded(image.w)} : Size{sample_.h, sample_.w};
  return static_cast<std::size_t>(known(whole).at_once * batches_at_once);
}

/// The windows that images of these sizes are cut into.
WindowedNetwork::SizeCounts WindowedNetwork::windows_of(const SizeCounts& images, const Size& window) const {
  SizeCounts windows;
  for (const auto& [image, count] : images)
    for (const auto& [h, down] : count_sizes(cut(image.first, window.first, rule_)))
      for (const auto& [w, across] : count_sizes(cut(image.second, window.second, rule_)))
        windows[{h, w}] += count * down * across;
  return windows;
}

/// A pass costs as much for one window as for as many as the device takes at once.
double WindowedNetwork::cost_of(const SizeCounts& windows) {
  double cost = 0;
  for (const auto& [size, count] : windows) {
    const auto at_once = static_cast<std::size_t>(known(size).at_once);
    std::size_t batches = (count + at_once - 1) / at_once;
    if (!is_compiled(size)) batches += static_cast<std::size_t>(device_.compile_cost_in_batches());
    cost += static_cast<double>(batches * at_once) * size.first * size.second;
  }
  return cost;
}

/// Windows that may be worth their cost for images whose longest side this is.
std::vector<WindowedNetwork::Size> WindowedNetwork::candidates(int longest) const {
  std::vector<Size> sizes;
  for (int side = least_window(rule_);; side = std::min(longest + rule_.step, side + std::max(rule_.step, side / 8))) {
    sizes.emplace_back(side, side);
    if (side > longest) break;
  }
  // Strips of one height, so that a few threads can share one picture.
  for (int strips = 2; strips <= most_strips; ++strips) {
    const int rows = (longest + 2 * rule_.overlap * (strips - 1) + strips - 1) / strips;
    sizes.emplace_back((rows + rule_.step - 1) / rule_.step * rule_.step, longest + rule_.step);
  }
  if (rule_.one_size)
    for (const Compiled& each : programs_) sizes.push_back(each.size);
  return sizes;
}

WindowedNetwork::Size WindowedNetwork::window_for(std::span<WindowedImage* const> images) {
  if (options_.window > 0) return {options_.window, options_.window};
  const int least = least_window(rule_);
  int longest = least;
  SizeCounts counts;
  for (const WindowedImage* image : images) {
    const Shape& shape = image->shape();
    ++counts[{shape.h, shape.w}];
    longest = std::max({longest, shape.h, shape.w});
  }
  std::vector<std::pair<double, Size>> ranked;
  for (const Size& window : candidates(longest)) ranked.emplace_back(cost_of(windows_of(counts, window)), window);
  std::ranges::sort(ranked);
  // Another window means other programs: they are not made for little.
  if (window_.first != 0 && cost_of(windows_of(counts, window_)) <= 1.1 * ranked[0].first)
    ranked.insert(ranked.begin(), {0.0, window_});
  for (const auto& [cost, window] : ranked) {
    const SizeCounts windows = windows_of(counts, window);
    if (std::ranges::all_of(windows, [&](const auto& each) { return fits(each.first); })) return window_ = window;
  }
  throw MemoryError(
      fmt::format("not even a window of {} pixels fits into {} MB; raise --max-memory", least, options_.memory >> 20));
}

bool WindowedNetwork::operator()(std::span<WindowedImage* const> images, const Watch& watch) {
  for (const WindowedImage* image : images) check(image->shape());
  const Size window = tied_.empty() ? window_for(images) : Size{};
  std::map<std::pair<int, int>, std::vector<PlacedWindow>> by_size;
  for (WindowedImage* image : images)
    for (const Extent& y : extents(image->shape().h, window.first))
      for (const Extent& x : extents(image->shape().w, window.second))
        by_size[{y.size, x.size}].push_back({image, {y, x}});

  std::size_t pixels = 0, done = 0;
  for (const auto& [size, places] : by_size)
    pixels += places.size() * static_cast<std::size_t>(size.first) * static_cast<std::size_t>(size.second);
  for (const auto& [size, places] : by_size) {
    const Compiled& network = program(size);
    const std::size_t each = Shape{1, size.first, size.second, sample_.c}.sample_size();
    const auto batch = static_cast<std::size_t>(network.fit.batch);
    const std::size_t fit = options_.memory / 4 / (2 * each * sizeof(float));
    const std::size_t at_once =
        fit < batch ? std::max<std::size_t>(fit, 1) : std::min<std::size_t>(fit / batch, batches_at_once) * batch;
    for (std::size_t first = 0; first < places.size(); first += at_once) {
      const auto here = std::span(places).subspan(first, std::min(at_once, places.size() - first));
      in_.resize(here.size() * each);
      out_.resize(in_.size());
      for (std::size_t i = 0; i < here.size(); ++i)
        here[i].image->read(here[i].window, std::span(in_).subspan(i * each, each));
      network.program->predict(*state_, in_, out_);
      for (std::size_t i = 0; i < here.size(); ++i)
        here[i].image->write(std::span(out_).subspan(i * each, each), here[i].window);
      done += in_.size() / static_cast<std::size_t>(sample_.c);
      if (watch && !watch(static_cast<double>(done) / static_cast<double>(pixels))) return false;
    }
  }
  return true;
}

std::vector<float> WindowedNetwork::operator()(std::span<const float> image, const Shape& shape) {
  if (image.size() != shape.sample_size())
    throw UsageError(fmt::format("got {} values for an image of {}", image.size(), to_string(shape)));
  std::vector<float> result(image.size());
  WholeImage whole(image, result, shape);
  WindowedImage* const images[] = {&whole};
  (*this)(images);
  return result;
}

}  // namespace dae
