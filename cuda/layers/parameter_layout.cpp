#include "cuda/layers/parameter_layout.hpp"

#include <algorithm>

namespace dae::cuda {
namespace {

std::size_t aligned(std::size_t elements) {
  return (elements + ParameterLayout::kAlign - 1) / ParameterLayout::kAlign * ParameterLayout::kAlign;
}

/// Calls f(canonical index, device index) for every number of a parameter.
template <class F>
void for_each_number(const ParameterPlace& p, const F& f) {
  if (p.filters == 0) {
    for (std::size_t i = 0; i < p.size; ++i) f(p.canonical + i, p.offset + i);
    return;
  }
  const auto channels = static_cast<std::size_t>(p.channels), area = static_cast<std::size_t>(p.area);
  for (std::size_t filter = 0; filter < static_cast<std::size_t>(p.filters); ++filter)
    for (std::size_t channel = 0; channel < channels; ++channel)
      for (std::size_t tap = 0; tap < area; ++tap)
        f(p.canonical + (filter * channels + channel) * area + tap,
          p.offset + (filter * area + tap) * channels + channel);
}

}  // namespace

ParameterLayout::ParameterLayout(const Graph& graph, const Shape& sample) {
  const std::vector<Parameter> all = parameters(graph, sample);
  canonical_size_ = parameter_count(all);
  for (const bool biases : {false, true}) {
    for (const Parameter& parameter : all) {
      if ((parameter.dims.size() == 1) != biases) continue;
      ParameterPlace place{
          .canonical = parameter.offset, .offset = size_, .size = parameter.size, .node = parameter.node};
      if (parameter.dims.size() == 4) {
        place.filters = parameter.dims[0];
        place.channels = parameter.dims[1];
        place.area = parameter.dims[2] * parameter.dims[3];
      }
      places_.push_back(place);
      size_ = aligned(size_ + parameter.size);
    }
    if (!biases) weights_ = size_;
  }
}

bool ParameterLayout::has_parameters(int node) const {
  return std::any_of(places_.begin(), places_.end(), [node](const ParameterPlace& p) { return p.node == node; });
}

const ParameterPlace& ParameterLayout::find(int node, bool bias) const {
  return *std::find_if(places_.begin(), places_.end(),
                       [&](const ParameterPlace& p) { return p.node == node && (p.offset >= weights_) == bias; });
}

void ParameterLayout::to_device(std::span<const float> canonical, std::span<float> device) const {
  std::fill(device.begin(), device.end(), 0.0f);
  for (const ParameterPlace& place : places_)
    for_each_number(place, [&](std::size_t from, std::size_t to) { device[to] = canonical[from]; });
}

void ParameterLayout::to_canonical(std::span<const float> device, std::span<float> canonical) const {
  for (const ParameterPlace& place : places_)
    for_each_number(place, [&](std::size_t to, std::size_t from) { canonical[to] = device[from]; });
}

bool operator==(const ParameterLayout& a, const ParameterLayout& b) {
  return std::equal(a.places_.begin(), a.places_.end(), b.places_.begin(), b.places_.end(),
                    [](const ParameterPlace& p, const ParameterPlace& q) {
                      return p.canonical == q.canonical && p.offset == q.offset && p.size == q.size &&
                             p.channels == q.channels && p.area == q.area;
                    });
}

}  // namespace dae::cuda
