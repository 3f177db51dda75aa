#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dae/device.hpp"
#include "dae/graph.hpp"
#include "dae/noise.hpp"
#include "dae/optimizer.hpp"
#include "dae/shape.hpp"

namespace dae {

/// The algorithms that the programs of a run chose where their device has a choice; see Program::plans.
struct ChosenPlans {
  std::string training, validation;
  friend bool operator==(const ChosenPlans&, const ChosenPlans&) = default;
};

/// All that training goes on from and that denoising needs. docs/formats.md describes the file.
struct Checkpoint {
  Graph graph;
  Shape sample;  ///< The shape of one input that it was trained on; n is 1.
  NoiseRecipe noise;
  Optimizer optimizer;
  std::uint64_t step = 0;
  std::vector<float> weights;  ///< The arena, as parameters(graph, sample) lays it out: what to denoise with.
  std::vector<float> trained;  ///< Where `weights` are averages, those that training goes on from; or empty.
  std::vector<float> moments;  ///< All of m, then all of v; or empty.
  std::map<std::string, double> metrics;  ///< A value that is no finite number is read back as NaN.
  ChosenPlans plans;                      ///< To go on with the same bits.
  std::string run;                        ///< The trainer's own record to go on from, kept as it is.
};

/// Writes atomically; the same content gives the same bytes. Throws UsageError when weights or moments do not fit the
/// graph, NumericError when one of them is not finite, and OutputError.
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Throws InputError for a file that is no checkpoint of ours, whose bytes do not have the SHA-256 that it says (files
/// of before say none), whose tensors are not exactly the graph's (each named), that a newer program wrote, or that
/// holds a weight that is no finite number.
Checkpoint load_checkpoint(const std::filesystem::path& path);

/// The bytes of the file that save_checkpoint writes. Throws as it does, OutputError apart.
std::string encode_checkpoint(const Checkpoint& checkpoint);

/// A checkpoint from the bytes of its file; `name` is what messages call it. Throws as load_checkpoint does.
Checkpoint decode_checkpoint(std::string_view bytes, const std::string& name);

/// A checkpoint's network on a device, ready to evaluate and to predict.
struct TrainedNetwork {
  std::unique_ptr<State> state;
  std::unique_ptr<Program> program;
};

/// Throws ShapeError when the graph does not turn an image of this size into one of the same size.
void check_denoiser(const Graph&, const Shape& sample);

/// `batch` images a pass, of the size that it was trained on. Evaluation draws `noise`.
/// Throws what check_denoiser and Device::compile throw.
TrainedNetwork load_network(Device&, const Checkpoint&, const NoiseRecipe& noise, int batch, const Computation& = {});

}  // namespace dae
