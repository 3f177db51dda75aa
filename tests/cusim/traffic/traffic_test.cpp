#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/cusim/engine.hpp"
#include "tests/cusim/memory.hpp"
#include "tests/cusim/runtime.hpp"
#include "tests/cusim/tasks.hpp"
#include "tests/cusim/tests/captured_step.hpp"
#include "tests/support/catch.hpp"

/// \file
/// Bytes that our kernels move in a step, beside the least that they can. A block is taken to load or store a byte
/// once, however often its threads do, and blocks to share nothing.
namespace dae::test {
namespace {

struct Range {
  const char *begin, *end;
};

/// How many bytes ranges have together. Clears them.
std::size_t united(std::vector<Range>& ranges) {
  std::ranges::sort(ranges, std::less{}, &Range::begin);
  std::size_t bytes = 0;
  const char* done = nullptr;
  for (const Range& range : ranges) {
    const char* begin = std::max(range.begin, done);
    if (range.end > begin) bytes += static_cast<std::size_t>(range.end - begin);
    done = std::max(done, range.end);
  }
  ranges.clear();
  return bytes;
}

/// The counts while `on`, by kernel.
struct Traffic {
  bool on = false;
  std::set<std::string> over_the_bus;  // kernels that touch the host's memory
  std::map<std::string, std::size_t> bytes;

  void add(const Range& range, bool write) {
    const auto& sequence = cusim::counts().sequence;
    const dim3& blocks = cusim::here.blocks;
    const uint3& block = cusim::here.block;
    const auto number = (std::size_t{block.z} * blocks.y + block.y) * blocks.x + block.x;
    if (sequence.size() != launch_ || number != block_) end_block();
    launch_ = sequence.size();
    block_ = number;
    name_ = sequence.back();
    (write ? written_ : read_).push_back(range);
  }
  void end_block() {
    if (!read_.empty() || !written_.empty()) bytes[name_] += united(read_) + united(written_);
  }

 private:
  std::size_t launch_ = 0, block_ = 0;
  std::string name_;
  std::vector<Range> read_, written_;
} traffic;

/// The least that a step of conv-dae-32 moves, kernel by kernel: every operand once, `element` bytes a number where
/// activations and weights are read, fp32 elsewhere.
std::map<std::string, std::size_t> least_bytes(std::size_t images, std::size_t element, std::size_t parameters) {
  constexpr std::size_t filters = 32, large = 28 * 28, middle = 14 * 14, small = 7 * 7, fp32 = sizeof(float);
  std::map<std::string, std::size_t> least = {
      {"gather_kernel", images * large * (1 + fp32 + element)},  // pixel; target; input
      {"loss_kernel", images * large * (fp32 + 2 * element)},    // target; logit; gradient
      {"upsample_forward_kernel", images * filters * (small + middle + middle + large) * element},
      {"upsample_backward_kernel", images * filters * (small + middle + middle + large) * element},
      // Where there is a ReLU: the gradient, the output, the gradient again; of the last layer the gradient.
      {"bias_gradient_kernel", images * (3 * filters * (large + middle + small + middle) + large) * element},
      // Weights, m and v in and out, and the gradient.
      {"update_kernel", parameters * (6 * fp32 + element)}};
  if (element != fp32) least["cast_kernel"] = parameters * (fp32 + element);
  return least;
}

}  // namespace
}  // namespace dae::test

extern "C" void count_access(const void* data, std::size_t bytes, bool written) {
  auto& traffic = dae::test::traffic;
  // Elsewhere lie a thread's stack, a block's shared memory and the kernel's arguments.
  if (!traffic.on || !cusim::on_device()) return;
  const cusim::Home home = cusim::home_of(data, bytes);
  if (home == cusim::Home::pinned) traffic.over_the_bus.insert(cusim::counts().sequence.back());
  if (home != cusim::Home::device) return;
  const auto* begin = static_cast<const char*>(data);
  traffic.add({begin, begin + bytes}, written);
}

TEST_CASE("our kernels move hardly more bytes in a step than they must", "[cusim][traffic]") {
  using namespace dae;
  using namespace dae::test;
  constexpr int batch = 16;
  const auto device = open_device("0");
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    CapturedStep step(*device, batch, 2, precision);
    traffic.bytes.clear();
    traffic.on = true;
    step.take();
    step.metrics();
    traffic.on = false;
    traffic.end_block();
    // The update ends a step and is the only one that has time for it.
    CHECK(traffic.over_the_bus == std::set<std::string>{"update_kernel"});
    const auto least = least_bytes(batch, precision == Precision::bf16 ? 2 : 4, CapturedStep::weights());
    fmt::print("{}, {} images\n", precision == Precision::bf16 ? "bf16" : "fp32", batch);
    std::size_t moved = 0, must = 0;
    for (const auto& [kernel, bytes] : least) {
      CAPTURE(kernel);
      const std::size_t got = traffic.bytes[kernel];
      fmt::print("| {} | {} | {} | {:.3f} |\n", kernel, bytes, got,
                 static_cast<double>(got) / static_cast<double>(bytes));
      CHECK(got >= bytes);
      CHECK(got <= bytes + bytes / 5);  // rows of an upsampling that two blocks read are read twice
      must += bytes;
    }
    for (const auto& [kernel, bytes] : traffic.bytes) moved += bytes;  // with the partial sums and counters of finish
    fmt::print("| all | {} | {} | {:.3f} |\n", must, moved, static_cast<double>(moved) / static_cast<double>(must));
    CHECK(moved <= must + must / 20);
  }
}
