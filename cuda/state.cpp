#include "cuda/state.hpp"

#include <atomic>
#include <vector>

#include "cuda/runtime/error.hpp"
#include "host/graph/call_checks.hpp"

namespace dae::cuda {
namespace {

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

CudaState::CudaState(std::shared_ptr<Context> context, const Graph& graph, const Shape& sample)
    : context_(std::move(context)),
      layout_(graph, sample),
      numbers_(MemoryKind::device, 4 * layout_.size()),
      training_(MemoryKind::device, 1),
      steps_(std::make_shared<std::uint64_t>(0)),
      id_(next_id()) {
  const cudaStream_t stream = context_->stream().get();
  clear(numbers_.get(), numbers_.size() * sizeof(float), stream);
  store(stream, training_.get(), Training{});
}

CudaState::~CudaState() {
  // Steps that were enqueued still use the memory.
  context_->drain();
}

std::size_t CudaState::bytes(const ParameterLayout& layout) { return 4 * layout.size() * sizeof(float); }

void CudaState::read(std::span<float> weights, std::span<float> moments) const {
  context_->use();
  const std::size_t size = layout_.size(), canonical = layout_.canonical_size();
  if (!weights.empty()) check_size("weights", weights.size(), canonical);
  if (!moments.empty()) check_size("moments", moments.size(), 2 * canonical);
  std::vector<float> all(3 * size);
  copy_to_host(all.data(), numbers_.get(), all.size() * sizeof(float), context_->stream().get());
  context_->stream().wait();
  const std::span<const float> numbers(all);
  if (!weights.empty()) layout_.to_canonical(numbers.first(size), weights);
  if (moments.empty()) return;
  layout_.to_canonical(numbers.subspan(size, size), moments.first(canonical));
  layout_.to_canonical(numbers.subspan(2 * size, size), moments.subspan(canonical));
}

void CudaState::write(std::span<const float> weights, std::span<const float> moments, std::uint64_t step) {
  context_->use();
  const std::size_t size = layout_.size(), canonical = layout_.canonical_size();
  check_size("weights", weights.size(), canonical);
  if (!moments.empty()) check_size("moments", moments.size(), 2 * canonical);
  std::vector<float> all(4 * size, 0.0f);
  const std::span<float> numbers(all);
  layout_.to_device(weights, numbers.first(size));
  layout_.to_device(weights, numbers.subspan(3 * size));
  if (!moments.empty()) {
    layout_.to_device(moments.first(canonical), numbers.subspan(size, size));
    layout_.to_device(moments.subspan(canonical), numbers.subspan(2 * size, size));
  }
  const cudaStream_t stream = context_->stream().get();
  store(stream, training_.get(), Training{step});
  // Last: `all` must outlive the copy, and nothing may throw before the wait.
  copy_to_device(numbers_.get(), all.data(), all.size() * sizeof(float), stream);
  context_->stream().wait();
  *steps_ = step;
}

void CudaState::read_average(std::span<float> average) const {
  context_->use();
  check_size("averaged weights", average.size(), layout_.canonical_size());
  std::vector<float> all(layout_.size());
  copy_to_host(all.data(), this->average(), all.size() * sizeof(float), context_->stream().get());
  context_->stream().wait();
  layout_.to_canonical(all, average);
}

void CudaState::write_average(std::span<const float> average) {
  context_->use();
  check_size("averaged weights", average.size(), layout_.canonical_size());
  std::vector<float> all(layout_.size(), 0.0f);
  layout_.to_device(average, all);
  copy_to_device(this->average(), all.data(), all.size() * sizeof(float), context_->stream().get());
  context_->stream().wait();
}

CudaState::Backup::Backup(const CudaState& state)
    : state_(state), numbers_(MemoryKind::device, state.numbers_.size()), training_(MemoryKind::device, 1) {
  const cudaStream_t stream = state.context_->stream().get();
  copy_on_device(numbers_.get(), state.numbers_.get(), numbers_.size() * sizeof(float), stream);
  copy_on_device(training_.get(), state.training_.get(), sizeof(Training), stream);
}

void CudaState::Backup::restore() const {
  const cudaStream_t stream = state_.context_->stream().get();
  copy_on_device(state_.numbers_.get(), numbers_.get(), numbers_.size() * sizeof(float), stream);
  copy_on_device(state_.training_.get(), training_.get(), sizeof(Training), stream);
  state_.context_->stream().wait();
}

}  // namespace dae::cuda
