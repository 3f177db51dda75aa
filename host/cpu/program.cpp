#include "host/cpu/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dae/error.hpp"
#include "host/cpu/input/host_images.hpp"
#include "host/cpu/runtime/memory.hpp"

namespace dae::cpu {
namespace {

// Enough groups for as many threads; more would only cost memory, a gradient of the whole model each.
constexpr int most_groups = 64, least_groups = 8;
constexpr std::size_t gradient_bytes = std::size_t{128} << 20;

const RangeName step_range = range_name("step"), block_range = range_name("block"), gather_range = range_name("gather"),
                loss_range = range_name("loss"), update_range = range_name("update");

template <class To, class From>
To& as(From& object, const char* what) {
  auto* mine = dynamic_cast<To*>(&object);
  if (mine == nullptr) throw UsageError(fmt::format("the {} belongs to another device", what));
  return *mine;
}

}  // namespace

Cut::Cut(int images, const Network& network) : blocks((images + network.images_at_once - 1) / network.images_at_once) {
  const std::size_t fit = gradient_bytes / (sizeof(float) * std::max<std::size_t>(network.parameters, 1));
  groups = std::min(blocks,
                    std::clamp(static_cast<int>(std::min<std::size_t>(fit, most_groups)), least_groups, most_groups));
}

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
  const std::size_t need = memory.parameters + memory.activations + memory.workspace;
  if (need > memory.available)
    throw MemoryError(
        fmt::format("'{}' at {} and batch {} needs {} MB, there are {} MB; take a smaller image or fewer threads",
                    graph.name, to_string(spec.shape), spec.shape.n, need >> 20, memory.available >> 20));
  barriers_ = std::vector<Barrier>(static_cast<std::size_t>(threads.size()));
  for (int i = 0; i < threads.size(); ++i) {
    if (networks_.images) arenas_.emplace_back(networks_.images->arena_floats);
    if (networks_.tiles) tile_arenas_.emplace_back(networks_.tiles->arena_floats);
  }
  const Network& any = networks_.any();
  packed_ = AlignedFloats(any.packed_floats);
  gradient_stride_ = AlignedFloats::whole_lines(any.parameters);
  if (any.target == nullptr) return;
  if (networks_.images)
    writer_ = std::make_unique<InputWriter>(spec.shape, spec.noise, *any.input->data, *any.target, any.levels);
  else
    tile_writer_ = std::make_unique<TileInputWriter>(any, spec.noise);
  const Cut cut(spec.shape.n, any);
  group_sums_.resize(static_cast<std::size_t>(cut.groups));
  if (spec.mode != Mode::train) return;
  update_.emplace(any.parameters);
  gradients_ = AlignedFloats(gradient_stride_ * static_cast<std::size_t>(cut.groups));
}

const Network& CpuProgram::network() const {
  const Network& network = networks_.any();
  if (network.target == nullptr) throw UsageError("this program was compiled for predictions only");
  return network;
}

void CpuProgram::require(Mode mode, const char* call) const {
  if (mode == Mode::train && spec_.mode != Mode::train)
    throw UsageError(fmt::format("{}: this program was compiled for inference", call));
}

void CpuProgram::load(const ImageStore& store, std::span<const Sample> samples) {
  const auto& images = as<const CpuImageStore>(store, "store");
  if (network().output_shape.with_batch(1) != spec_.shape.with_batch(1))
    throw UsageError(fmt::format("the model makes {} of {}: its output cannot be compared with its input",
                                 to_string(network().output_shape), to_string(spec_.shape)));
  for (const Sample& sample : samples) check_crop(images, sample, spec_.shape);
  store_ = &store;
  samples_.assign(samples.begin(), samples.end());
  next_ = 0;
  // So that a step does not allocate.
  metrics_.step_loss.reserve(metrics_.step_loss.size() + samples.size() / static_cast<std::size_t>(spec_.shape.n) + 1);
}

std::span<const Sample> CpuProgram::take() {
  const auto batch = std::span(samples_).subspan(next_);
  const std::size_t count = std::min(batch.size(), static_cast<std::size_t>(spec_.shape.n));
  next_ += count;
  return batch.first(count);
}

const CpuState& CpuProgram::prepared(const State& state) {
  const auto& mine = as<const CpuState>(state, "state");
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

Block CpuProgram::block_of(const Network& network, const CpuState& state, const ThreadRole& role) const {
  const auto& arenas = network.images_at_once < kernels_.lanes ? tile_arenas_ : arenas_;
  return {.kernels = kernels_,
          .arena = arenas[static_cast<std::size_t>(role.arena)].data(),
          .scratch = arenas[static_cast<std::size_t>(role.scratch)].data(),
          .weights = state.weights(),
          .packed = packed_.data(),
          .barrier = role.barrier,
          .member = role.member,
          .members = role.members};
}

void CpuProgram::write_level(const Network& network, const Block& block) const {
  if (network.levels != nullptr)
    std::fill_n(network.levels->in(block.arena).at, kernels_.lanes, noise_level(spec_.noise));
}

void CpuProgram::write_samples(const Block& block, std::span<const Sample> samples) const {
  const auto& images = static_cast<const CpuImageStore&>(*store_);
  if (writer_)
    writer_->write(block, images, samples);
  else if (block.member == 0)
    tile_writer_->write(block.alone(), images, samples);
}

template <class Fill, class Done>
BlockSums CpuProgram::pass(const CpuState& state, int images, const Cut& cut, bool training, bool input_gradient,
                           Fill fill, Done done) {
  const Network& network = this->network();
  const auto scale = static_cast<float>(1.0 / (network.loss->terms() * images));
  if (log_.recording())  // Any thread may take all blocks; besides them there are the step and its update.
    log_.reserve(static_cast<std::size_t>(cut.blocks) * (2 * network.stages.size() + 3) + 2);
  run_jobs(cut.groups, network, state, [&](int group, Block block, int worker) {
    const auto g = static_cast<std::size_t>(group);
    block.input_gradient = input_gradient;
    block.log = eager_ ? log_.of(worker) : nullptr;
    if (training) {
      block.gradients = gradients_.data() + g * gradient_stride_;
      const Slice mine = block.share(static_cast<int>(gradient_stride_), AlignedFloats::alignment / sizeof(float));
      std::fill_n(block.gradients + mine.first, mine.count, 0.0f);
    }
    const bool leads = block.member == 0;
    if (leads) group_sums_[g] = {};
    for (int b = cut.first_block(group); b < cut.first_block(group + 1); ++b) {
      const int first = b * network.images_at_once, count = std::min(network.images_at_once, images - first);
      const RangeScope whole(block.log, block_range);
      timed(block.log, gather_range, [&] {
        fill(block, first, count);
        block.meet();
      });
      for (const auto& stage : network.stages) timed(block.log, stage->forward_range(), [&] { stage->run(block); });
      if (leads) {
        const BlockSums sums = timed(block.log, loss_range,
                                     [&] { return (*network.loss)(block.alone(), count, training ? scale : 0.0f); });
        group_sums_[g].loss += sums.loss;
        group_sums_[g].squared_error += sums.squared_error;
        group_sums_[g].psnr += sums.psnr;
      }
      block.meet();
      if (training)
        for (auto stage = network.stages.rbegin(); stage != network.stages.rend(); ++stage)
          timed(block.log, (*stage)->backward_range(), [&] { (*stage)->run_back(block); });
      if (leads) done(block.alone(), first, count);
      block.meet();
    }
  });
  BlockSums all;
  for (std::size_t g = 0; g < static_cast<std::size_t>(cut.groups); ++g) {
    all.loss += group_sums_[g].loss;
    all.squared_error += group_sums_[g].squared_error;
    all.psnr += group_sums_[g].psnr;
  }
  return all;
}

std::size_t CpuProgram::train(State& state, const Update& update) {
  require(Mode::train, "train");
  auto& mine = as<CpuState>(state, "state");
  const RangeScope whole(next_ < samples_.size() ? log_.of(0) : nullptr, step_range);
  prepared(mine);
  const std::span<const Sample> batch = take();
  if (batch.empty()) return 0;
  const Cut cut(static_cast<int>(batch.size()), network());
  const BlockSums sums = pass(
      mine, static_cast<int>(batch.size()), cut, true, false,
      [&](const Block& block, int first, int count) {
        write_samples(block, batch.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)));
      },
      [](const Block&, int, int) {});
  metrics_.samples += batch.size();
  metrics_.loss += sums.loss;
  const auto mean = static_cast<float>(sums.loss / static_cast<double>(batch.size()));
  metrics_.step_loss.push_back(mean);
  if (!std::isfinite(mean) && !metrics_.bad_step) metrics_.bad_step = mine.step() + 1;
  if (!metrics_.bad_step)
    timed(eager_ ? log_.of(0) : nullptr, update_range, [&] {
      (*update_)(kernels_, threads_, update, {gradients_.data(), gradient_stride_, cut.groups}, mine);
    });
  return batch.size();
}

std::size_t CpuProgram::evaluate(const State& state) {
  const Network& network = this->network();
  const CpuState& mine = prepared(state);
  const std::span<const Sample> batch = take();
  if (batch.empty()) return 0;
  const Cut cut(static_cast<int>(batch.size()), network);
  const BlockSums sums = pass(
      mine, static_cast<int>(batch.size()), cut, false, false,
      [&](const Block& block, int first, int count) {
        write_samples(block, batch.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)));
      },
      [](const Block&, int, int) {});
  metrics_.samples += batch.size();
  metrics_.loss += sums.loss;
  metrics_.squared_error += sums.squared_error;
  metrics_.psnr += sums.psnr;
  return batch.size();
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
  require(Mode::train, "gradient");
  const Network& network = this->network();
  const std::size_t in_size = spec_.shape.sample_size(), out_size = network.output_shape.sample_size();
  const std::size_t images = in.size() / in_size;
  if (images < 1 || images > static_cast<std::size_t>(spec_.shape.n) || in.size() != images * in_size ||
      target.size() != images * out_size || (!d_in.empty() && d_in.size() != in.size()) ||
      (!d_weights.empty() && d_weights.size() != network.parameters))
    throw UsageError(fmt::format("gradient: {} input, {} target, {} weight and {} input gradient numbers do not fit",
                                 in.size(), target.size(), d_weights.size(), d_in.size()));
  const CpuState& mine = prepared(state);
  const Cut cut(static_cast<int>(images), network);
  const BlockSums sums = pass(
      mine, static_cast<int>(images), cut, true, !d_in.empty(),
      [&](const Block& block, int first, int count) {
        if (block.member > 0) return;
        const auto f = static_cast<std::size_t>(first);
        write_images(network, block.alone(), count, in.data() + f * in_size, target.data() + f * out_size);
        write_level(network, block);
      },
      [&](const Block& block, int first, int count) {
        if (d_in.empty()) return;
        read_images(*network.input, *network.input->grad, block, count,
                    d_in.data() + static_cast<std::size_t>(first) * in_size);
      });
  for (std::size_t i = 0; i < d_weights.size(); ++i) {
    d_weights[i] = 0;
    for (int g = 0; g < cut.groups; ++g)
      d_weights[i] += gradients_.data()[static_cast<std::size_t>(g) * gradient_stride_ + i];
  }
  return sums.loss / static_cast<double>(images);
}

}  // namespace dae::cpu
