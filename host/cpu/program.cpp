#include "host/cpu/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dae/error.hpp"
#include "host/cpu/input/host_images.hpp"
#include "host/cpu/runtime/memory.hpp"
#include "host/graph/call_checks.hpp"

namespace dae::cpu {
namespace {

const RangeName step_range = range_name("step"), update_range = range_name("update");

}  // namespace

MemoryPlan CpuProgram::plan(const Networks& networks, const Spec& spec, int threads) {
  const Network& network = networks.any();
  const Cut cut(spec.shape.n, network);
  const bool training = spec.mode == Mode::train;
  const auto workers = static_cast<std::size_t>(threads);
  return {.parameters = 4 * network.parameters * sizeof(float),
          .activations = workers * networks.arena_floats() * sizeof(float),
          .workspace =
              (network.packed_floats +
               (training ? static_cast<std::size_t>(cut.groups) * AlignedFloats::whole_lines(network.parameters) : 0)) *
              sizeof(float),
          .available = spec.memory_limit > 0 ? spec.memory_limit : available_memory()};
}

CpuProgram::CpuProgram(const Graph& graph, const Spec& spec, const Isa& isa, ThreadPool& threads, RangeLog& log)
    : spec_(spec), kernels_(*isa.kernels), threads_(threads), log_(log), networks_(graph, spec, isa.kernels->lanes) {
  const MemoryPlan memory = plan(networks_, spec, threads.size());
  if (memory.own() > memory.available)
    throw MemoryError(
        fmt::format("'{}' at {} and batch {} needs {} MB, there are {} MB; take a smaller image or fewer threads",
                    graph.name, to_string(spec.shape), spec.shape.n, memory.own() >> 20, memory.available >> 20));
  if (networks_.images) images_.emplace(*networks_.images, kernels_, threads);
  if (networks_.tiles) tiles_.emplace(*networks_.tiles, kernels_, threads);
  const Network& any = networks_.any();
  packed_ = AlignedFloats(any.packed_floats);
  if (any.target == nullptr) return;
  pass_.emplace(images_ ? *images_ : *tiles_, spec, log);
  if (spec.mode == Mode::train) update_.emplace(any.parameters);
}

BatchPass& CpuProgram::pass() {
  if (!pass_) throw UsageError("this program was compiled for predictions only");
  return *pass_;
}

void CpuProgram::load(const ImageStore& store, std::span<const Sample> samples) {
  const auto& images = of_this_device<const CpuImageStore>(store, "store");
  static_cast<void>(pass());
  check_comparable(spec_, networks_.any().output_shape);
  for (const Sample& sample : samples) images.slots().check(sample, spec_.shape);
  store_ = &images;
  samples_.assign(samples.begin(), samples.end());
  next_ = 0;
  // So that a step does not allocate.
  metrics_.step_loss.reserve(metrics_.step_loss.size() + samples.size() / static_cast<std::size_t>(spec_.shape.n) + 1);
}

Batch CpuProgram::take() {
  const auto rest = std::span(samples_).subspan(next_);
  const std::size_t count = std::min(rest.size(), static_cast<std::size_t>(spec_.shape.n));
  next_ += count;
  return {.images = static_cast<int>(count), .store = store_, .samples = rest.first(count)};
}

const CpuState& CpuProgram::prepared(const State& state) {
  const auto& mine = of_this_device<const CpuState>(state, "state");
  const Network& any = networks_.any();
  if (mine.size() != any.parameters)
    throw UsageError(fmt::format("the state has {} parameters, the program {}", mine.size(), any.parameters));
  if (mine.version() == packed_version_) return mine;
  // The same for both networks: their stages differ in what needs no packing only.
  threads_.run(static_cast<int>(any.stages.size()), [&](int i, int) {
    any.stages[static_cast<std::size_t>(i)]->pack(kernels_, mine.weights(), packed_.data());
  });
  packed_version_ = mine.version();
  return mine;
}

std::size_t CpuProgram::train(State& state, const Update& update) {
  check_trains(spec_, "train");
  auto& mine = of_this_device<CpuState>(state, "state");
  const RangeScope whole(next_ < samples_.size() ? log_.of(0) : nullptr, step_range);
  prepared(mine);
  const Batch batch = take();
  if (batch.images == 0) return 0;
  const BlockSums sums = pass()(mine.weights(), packed_.data(), batch, true, eager_);
  metrics_.samples += batch.samples.size();
  metrics_.loss += sums.loss;
  const auto mean = static_cast<float>(sums.loss / batch.images);
  metrics_.step_loss.push_back(mean);
  if (!std::isfinite(mean) && !metrics_.bad_step) metrics_.bad_step = mine.step() + 1;
  if (!metrics_.bad_step)
    timed(eager_ ? log_.of(0) : nullptr, update_range,
          [&] { (*update_)(kernels_, threads_, update, pass().gradients(batch.images), mine); });
  return batch.samples.size();
}

std::size_t CpuProgram::evaluate(const State& state) {
  BatchPass& pass = this->pass();
  const CpuState& mine = prepared(state);
  const Batch batch = take();
  if (batch.images == 0) return 0;
  const BlockSums sums = pass(mine.weights(), packed_.data(), batch, false, eager_);
  metrics_.samples += batch.samples.size();
  metrics_.loss += sums.loss;
  metrics_.squared_error += sums.squared_error;
  metrics_.psnr += sums.psnr;
  return batch.samples.size();
}

Metrics CpuProgram::take_metrics() {
  Metrics taken = std::move(metrics_);
  metrics_ = {};
  return taken;
}

Progress CpuProgram::progress() const {
  if (metrics_.samples == 0) return {};
  return {static_cast<std::uint32_t>(metrics_.step_loss.size()),
          static_cast<float>(metrics_.loss / static_cast<double>(metrics_.samples))};
}

double CpuProgram::gradient(const State& state, std::span<const float> in, std::span<const float> target,
                            std::span<float> d_weights, std::span<float> d_in) {
  check_trains(spec_, "gradient");
  BatchPass& pass = this->pass();
  const Network& network = networks_.any();
  const std::size_t images =
      check_gradient(spec_, network.output_shape, network.parameters, in, target, d_weights, d_in);
  const CpuState& mine = prepared(state);
  const Batch batch{.images = static_cast<int>(images),
                    .in = in.data(),
                    .target = target.data(),
                    .d_in = d_in.empty() ? nullptr : d_in.data()};
  const BlockSums sums = pass(mine.weights(), packed_.data(), batch, true, eager_);
  const GroupedGradients gradients = pass.gradients(batch.images);
  for (std::size_t i = 0; i < d_weights.size(); ++i) {
    d_weights[i] = 0;
    for (int g = 0; g < gradients.groups; ++g)
      d_weights[i] += gradients.at[static_cast<std::size_t>(g) * gradients.stride + i];
  }
  return sums.loss / static_cast<double>(images);
}

void CpuProgram::predict_block(const Network& network, const Block& block, const float* in, int count, float* out) {
  const bool leads = block.member == 0;
  if (leads) {
    write_images(network, block.alone(), count, in, nullptr);
    write_level(network, block, spec_.noise);
  }
  block.meet();
  for (const auto& stage : network.stages) stage->run(block);
  if (!leads) return;
  const Planes result = network.output->data->in(block.arena);
  if (network.sigmoid_in_loss) kernels_.sigmoid(result, result);
  read_images(*network.output, *network.output->data, block, count, out);
}

void CpuProgram::predict(const State& state, std::span<const float> in, std::span<float> out) {
  const Shape& output = networks_.any().output_shape;
  const std::size_t in_size = spec_.shape.sample_size(), out_size = output.sample_size();
  const std::size_t images = check_predict(spec_.shape, output, in, out);
  const CpuState& mine = prepared(state);
  const int count = static_cast<int>(images), blocks = networks_.blocks_of(count, kernels_.lanes, threads_.size());
  const int in_lanes = std::min(count, blocks * kernels_.lanes);
  const auto run = [&](BlockRunner& runner, int first, int end) {
    const int each = runner.network().images_at_once;
    runner.run((end - first + each - 1) / each, mine.weights(), packed_.data(), [&](int job, const Block& block, int) {
      const int begin = first + job * each;
      predict_block(runner.network(), block, in.data() + static_cast<std::size_t>(begin) * in_size,
                    std::min(each, end - begin), out.data() + static_cast<std::size_t>(begin) * out_size);
    });
  };
  if (in_lanes > 0) run(*images_, 0, in_lanes);
  if (in_lanes < count) run(*tiles_, in_lanes, count);
}

}  // namespace dae::cpu
