#include "host/photo_denoiser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "dae/error.hpp"
#include "host/loss.hpp"
#include "host/metrics.hpp"

namespace dae {
namespace {

// Windows at the right and lower edge have sizes of their own: four in all for an image.
constexpr std::size_t most_programs = 4;

struct Place {
  std::size_t image;
  Window window;
};

/// The image mirrored and transposed as Orientation says, or back again.
std::vector<float> turned(const std::vector<float>& image, int h, int w, int c, unsigned orientation, bool back) {
  const bool swap = (orientation & 4U) != 0;
  const int out_h = swap ? w : h, out_w = swap ? h : w;
  std::vector<float> result(image.size());
  // h and w are those of the unturned image; (y, x) runs over the turned one.
  for (int y = 0; y < out_h; ++y)
    for (int x = 0; x < out_w; ++x) {
      const int my = (orientation & 2U) != 0 ? out_h - 1 - y : y, mx = (orientation & 1U) != 0 ? out_w - 1 - x : x;
      const std::ptrdiff_t plain = (swap ? std::ptrdiff_t{mx} * w + my : std::ptrdiff_t{my} * w + mx) * c;
      const std::ptrdiff_t other = (std::ptrdiff_t{y} * out_w + x) * c;
      std::copy_n(image.data() + (back ? other : plain), c, result.data() + (back ? plain : other));
    }
  return result;
}

bool is_constant(const Picture& picture) {
  const auto c = static_cast<std::size_t>(picture.shape.c), colours = std::size_t{c >= 3 ? 3U : 1U};
  return std::visit(
      [&](const auto& values) {
        for (std::size_t p = 0; p < values.size(); p += c)
          for (std::size_t k = 0; k < colours; ++k)
            if (values[p + k] != values[0]) return false;
        return true;
      },
      picture.pixels);
}

}  // namespace

PhotoDenoiser::PhotoDenoiser(Device& device, const Checkpoint& checkpoint, const PhotoOptions& options)
    : device_(device),
      graph_(checkpoint.graph),
      noise_(checkpoint.noise),
      options_(options),
      sample_(checkpoint.sample),
      tied_(tiling(checkpoint.graph).reason),
      rule_(tiling(checkpoint.graph)),
      channels_(checkpoint.sample.c),
      state_(device.make_state(checkpoint.graph, checkpoint.sample)) {
  if (channels_ != 1 && channels_ != 3)
    throw ShapeError(fmt::format("model {} takes {} channels; pictures have 1 or 3", graph_.name, channels_));
  check_denoiser(graph_, tied_.empty() ? Shape{1, 4 * rule_.step, 4 * rule_.step, channels_} : sample_);
  state_->write(checkpoint.weights, {}, checkpoint.step);
}

Spec PhotoDenoiser::spec(int h, int w) const {
  return {
      .shape = {options_.batch, h, w, channels_}, .mode = Mode::predict, .loss = usual_loss(graph_), .noise = noise_};
}

Program& PhotoDenoiser::program(int h, int w) {
  auto found = std::ranges::find_if(programs_, [&](const Compiled& each) { return each.h == h && each.w == w; });
  if (found == programs_.end()) {
    if (programs_.size() == most_programs) programs_.erase(programs_.begin());
    programs_.push_back({h, w, device_.compile(graph_, spec(h, w))});
  } else {
    std::rotate(found, found + 1, programs_.end());
  }
  return *programs_.back().program;
}

int PhotoDenoiser::window_for(int h, int w, std::size_t images) {
  if (options_.window > 0) return options_.window;
  const int least = least_window(rule_), longest = std::max({h, w, least});
  int best = 0;
  double best_cost = 0;
  for (int size = least;; size = std::min(longest + rule_.step, size + std::max(rule_.step, size / 8))) {
    const std::vector<Extent> down = cut(h, size, rule_), across = cut(w, size, rule_);
    const Spec one = spec(down[0].size, across[0].size);
    const MemoryPlan plan = device_.plan(graph_, one);
    // Windows of up to four sizes each have a program.
    const std::size_t sizes = (down.size() > 1 ? 2 : 1) * (across.size() > 1 ? 2 : 1);
    if (plan.parameters + sizes * (plan.activations + plan.workspace) > options_.memory) break;
    const auto at_once = static_cast<std::size_t>(device_.predicts_at_once(graph_, one));
    const std::size_t passes = (down.size() * across.size() * images + at_once - 1) / at_once;
    const double cost = static_cast<double>(passes * at_once) * down[0].size * across[0].size;
    if (best == 0 || cost < best_cost) {
      best = size;
      best_cost = cost;
    }
    if (size > longest) break;
  }
  if (best == 0)
    throw MemoryError(fmt::format("not even a window of {} pixels fits into {} MB; raise --max-memory", least,
                                  options_.memory >> 20));
  return best;
}

std::vector<PhotoDenoiser::Planes> PhotoDenoiser::run(const std::vector<Planes>& images, int h, int w) {
  const int window = tied_.empty() ? window_for(h, w, images.size()) : 0;
  const auto extents = [&](int length) {
    return tied_.empty() ? cut(length, window, rule_) : std::vector<Extent>{{0, length, 0, length}};
  };
  const Shape shape{1, h, w, channels_};
  std::map<std::pair<int, int>, std::vector<Place>> by_size;
  for (std::size_t i = 0; i < images.size(); ++i)
    for (const Extent& y : extents(h))
      for (const Extent& x : extents(w)) by_size[{y.size, x.size}].push_back({i, {y, x}});
  std::vector<Planes> results(images.size(), Planes(images.empty() ? 0 : images[0].size()));
  std::vector<float> in, out;
  for (const auto& [size, places] : by_size) {
    Program& network = program(size.first, size.second);
    const std::size_t each = Shape{1, size.first, size.second, channels_}.sample_size();
    for (std::size_t first = 0; first < places.size(); first += static_cast<std::size_t>(options_.batch)) {
      const std::size_t count = std::min(static_cast<std::size_t>(options_.batch), places.size() - first);
      in.resize(count * each);
      out.resize(count * each);
      for (std::size_t i = 0; i < count; ++i)
        read_window(images[places[first + i].image], shape, places[first + i].window,
                    std::span(in).subspan(i * each, each));
      network.predict(*state_, in, out);
      for (std::size_t i = 0; i < count; ++i)
        write_answer(std::span(out).subspan(i * each, each), places[first + i].window, shape,
                     results[places[first + i].image]);
    }
  }
  return results;
}

std::vector<PhotoDenoiser::Planes> PhotoDenoiser::run_all_orientations(const std::vector<Planes>& images, int h,
                                                                       int w) {
  std::vector<Planes> sums(images.size(), Planes(images[0].size()));
  for (unsigned orientation = 0; orientation < 8; ++orientation) {
    std::vector<Planes> turns;
    for (const Planes& image : images) turns.push_back(turned(image, h, w, channels_, orientation, false));
    const bool swap = (orientation & 4U) != 0;
    const std::vector<Planes> answers = run(turns, swap ? w : h, swap ? h : w);
    for (std::size_t i = 0; i < images.size(); ++i) {
      const Planes back = turned(answers[i], h, w, channels_, orientation, true);
      for (std::size_t p = 0; p < back.size(); ++p) sums[i][p] += back[p] / 8;
    }
  }
  return sums;
}

std::vector<Denoised> PhotoDenoiser::operator()(std::span<const Picture> pictures) {
  std::vector<Denoised> results;
  if (pictures.empty()) return results;
  const Shape shape = pictures[0].shape;
  if (!tied_.empty() && (shape.h != sample_.h || shape.w != sample_.w))
    throw ShapeError(fmt::format("is {}x{}, but model {} takes {}x{} only: {}", shape.w, shape.h, graph_.name,
                                 sample_.w, sample_.h, tied_));
  const int colours = shape.c >= 3 ? 3 : 1;
  const auto c = static_cast<std::size_t>(shape.c), net = static_cast<std::size_t>(channels_);
  const std::size_t pixels = static_cast<std::size_t>(shape.h) * static_cast<std::size_t>(shape.w);
  // A colour picture makes three images for a grey network.
  const std::size_t parts = channels_ == 1 ? static_cast<std::size_t>(colours) : 1;
  std::vector<Planes> images;
  for (const Picture& picture : pictures) {
    if (picture.shape != shape) throw UsageError("pictures of several shapes in one batch");
    const std::vector<float> values = unit_pixels(picture.image());
    for (std::size_t part = 0; part < parts; ++part) {
      Planes& image = images.emplace_back(pixels * net);
      for (std::size_t p = 0; p < pixels; ++p)
        for (std::size_t k = 0; k < net; ++k) image[p * net + k] = values[p * c + (colours == 3 ? part + k : 0)];
    }
  }
  const std::vector<Planes> answers =
      options_.tta ? run_all_orientations(images, shape.h, shape.w) : run(images, shape.h, shape.w);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    Picture& result = results.emplace_back(Denoised{pictures[i], {}}).picture;
    bool finite = true;
    std::visit(
        [&]<class Pixel>(std::vector<Pixel>& values) {
          for (std::size_t p = 0; p < pixels; ++p)
            for (std::size_t k = 0; k < static_cast<std::size_t>(colours); ++k) {
              const std::size_t image = i * parts + (parts > 1 ? k : 0);
              float answer = 0, before = 0;
              if (colours == 1 && net == 3) {
                for (std::size_t n = 0; n < 3; ++n) answer += answers[image][p * 3 + n] / 3;
                before = images[image][p * 3];
              } else {
                const std::size_t at = p * net + (parts > 1 ? 0 : k);
                answer = answers[image][at];
                before = images[image][at];
              }
              const float mixed = options_.strength == 1 ? answer : before + options_.strength * (answer - before);
              finite = finite && std::isfinite(mixed);
              values[p * c + k] = pixel_of<Pixel>(mixed);
            }
        },
        result.pixels);
    if (!finite)
      results.back().problem = "the network's answer holds values that are no finite numbers";
    else if (is_constant(result) && !is_constant(pictures[i]))
      results.back().problem = "the network's answer is one value everywhere";
  }
  return results;
}

}  // namespace dae
