#include "host/graph/call_checks.hpp"

namespace dae {

void check_size(const char* what, std::size_t got, std::size_t wanted) {
  if (got != wanted) throw UsageError(fmt::format("{}: got {} numbers, the model has {}", what, got, wanted));
}

void check_trains(const Spec& spec, const char* call) {
  if (spec.mode != Mode::train) throw UsageError(fmt::format("{}: this program was compiled for inference", call));
}

void check_comparable(const Spec& spec, const Shape& output) {
  if (output.with_batch(1) != spec.shape.with_batch(1))
    throw UsageError(fmt::format("the model makes {} of {}: its output cannot be compared with its input",
                                 to_string(output), to_string(spec.shape)));
}

std::size_t check_predict(const Shape& sample, const Shape& output, std::span<const float> in, std::span<float> out) {
  const std::size_t in_size = sample.sample_size(), out_size = output.sample_size(), images = in.size() / in_size;
  if (in.size() != images * in_size || out.size() != images * out_size)
    throw UsageError(fmt::format("predict: got {} input and {} output numbers; a sample has {} and {}", in.size(),
                                 out.size(), in_size, out_size));
  return images;
}

std::size_t check_gradient(const Spec& spec, const Shape& output, std::size_t parameters, std::span<const float> in,
                           std::span<const float> target, std::span<float> d_weights, std::span<float> d_in) {
  const std::size_t in_size = spec.shape.sample_size(), images = in.size() / in_size;
  if (images < 1 || images > static_cast<std::size_t>(spec.shape.n) || in.size() != images * in_size ||
      target.size() != images * output.sample_size() || (!d_in.empty() && d_in.size() != in.size()) ||
      (!d_weights.empty() && d_weights.size() != parameters))
    throw UsageError(fmt::format("gradient: {} input, {} target, {} weight and {} input gradient numbers do not fit",
                                 in.size(), target.size(), d_weights.size(), d_in.size()));
  return images;
}

}  // namespace dae
