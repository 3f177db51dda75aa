#include "tests/cusim/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "tests/cusim/fiber.hpp"
#include "tests/cusim/runtime.hpp"

namespace cusim {

MemoryKind here;

namespace {

constexpr unsigned kWarp = 32;

struct Thread {
  uint3 place{};
  Fiber* fiber = nullptr;  // while it waits
};

/// Lanes of a warp that meet. Two sets of bits, so that a lane may come to the next exchange before all have read.
struct Warp {
  unsigned live = 0, arrived = 0, mask = 0, turn = 0;
  const void* line = nullptr;
  std::array<std::array<std::uint64_t, kWarp>, 2> bits{};
  std::vector<unsigned> waiting;
};

/// The block that runs.
struct Block {
  const Kernel* kernel = nullptr;
  std::vector<Thread> threads;
  std::vector<Warp> warps;
  std::vector<unsigned> order;  // in which threads begin
  std::size_t begun = 0;
  unsigned current = 0, alive = 0;
  std::vector<unsigned> at_barrier, ready;
  int barrier_line = 0;
  Fiber* fiber = nullptr;  // that runs
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<Fiber*> idle;
  std::mt19937_64 random;
  bool shuffled = false;
  char end_of_threads = 0;  // for release and acquire
} block;

void enter(unsigned thread) {
  block.current = thread;
  here.thread = block.threads[thread].place;
}

void wake(std::vector<unsigned>& waiting) {
  block.ready.insert(block.ready.end(), waiting.begin(), waiting.end());
  waiting.clear();
}

void wait() {
  const unsigned self = block.current;
  block.threads[self].fiber = block.fiber;
  Fiber::pause();
}

void end_thread() {
  --block.alive;
  Warp& warp = block.warps[block.current / kWarp];
  warp.live &= ~(1u << block.current % kWarp);
  if (warp.arrived != 0 && (warp.mask & ~warp.live) != 0)
    bug("a thread ended while others of its warp wait for it in a shuffle or __syncwarp");
  if (!block.at_barrier.empty() && block.at_barrier.size() == block.alive)
    bug("divergent __syncthreads: some threads of the block wait, the others ended without it");
}

/// One fiber serves thread after thread until one of them waits: most kernels need a single stack.
void serve_threads() {
  while (block.begun < block.order.size()) {
    enter(block.order[block.begun++]);
    block.kernel->body();
    release(&block.end_of_threads);
    end_thread();
    if (watches_threads || (block.shuffled && !block.ready.empty())) break;
  }
  const Unwatched unwatched;
  block.idle.push_back(block.fiber);
}

Fiber* idle_fiber() {
  if (block.idle.empty()) {
    block.fibers.push_back(std::make_unique<Fiber>(serve_threads));
    return block.fibers.back().get();
  }
  Fiber* fiber = block.idle.back();
  block.idle.pop_back();
  return fiber;
}

void resume(Fiber* fiber) {
  block.fiber = fiber;
  fiber->resume();
}

/// NaN, so that nothing can depend on what the block before left, nor on zeros.
void poison(char* begin, char* end) {
  if (watches_threads && end > begin) {
    // The pages around may hold other variables: keep them.
    constexpr std::uintptr_t kPage = 4096;
    char* first = begin - reinterpret_cast<std::uintptr_t>(begin) % kPage;
    char* last = end + (kPage - reinterpret_cast<std::uintptr_t>(end) % kPage) % kPage;
    const std::vector<char> kept(first, last);
    renew_pages(first, kept.size());
    std::copy(kept.begin(), kept.end(), first);
  }
  std::fill(begin, end, static_cast<char>(0xFF));
}

void begin_block() {
  const unsigned count = here.threads.x * here.threads.y * here.threads.z;
  block.threads.assign(count, {});
  block.warps.assign((count + kWarp - 1) / kWarp, {});
  block.order.resize(count);
  std::iota(block.order.begin(), block.order.end(), 0u);
  if (block.shuffled) std::shuffle(block.order.begin(), block.order.end(), block.random);
  for (unsigned i = 0; i < count; ++i) {
    block.threads[i].place = {i % here.threads.x, i / here.threads.x % here.threads.y,
                              i / (here.threads.x * here.threads.y)};
    block.warps[i / kWarp].live |= 1u << i % kWarp;
  }
  block.alive = count;
  block.begun = 0;
  block.at_barrier.clear();
  block.ready.clear();
}

unsigned take_ready() {
  const std::size_t at = block.shuffled ? block.random() % block.ready.size() : 0;
  const unsigned thread = block.ready[at];
  block.ready.erase(block.ready.begin() + static_cast<std::ptrdiff_t>(at));
  return thread;
}

void run_block(const Kernel& kernel) {
  poison(kernel.shared_begin, kernel.shared_end);
  begin_block();
  while (block.alive > 0) {
    const bool more = block.begun < block.order.size();
    if (more && (block.ready.empty() || !block.shuffled || block.random() % 2 == 0)) {
      resume(idle_fiber());
    } else if (!block.ready.empty()) {
      const unsigned thread = take_ready();
      enter(thread);
      resume(block.threads[thread].fiber);
    } else {
      bug(block.at_barrier.empty() ? "deadlock: a shuffle or __syncwarp waits for a lane that never comes"
                                   : "divergent __syncthreads: some threads of the block never come");
    }
  }
}

}  // namespace

void run(const Kernel& kernel, std::uint64_t order) {
  const Unwatched unwatched;
  block.kernel = &kernel;
  block.shuffled = order != 0;
  block.random.seed(order);
  here.threads = kernel.threads;
  here.blocks = kernel.blocks;
  std::vector<unsigned> blocks(kernel.blocks.x * kernel.blocks.y * kernel.blocks.z);
  std::iota(blocks.begin(), blocks.end(), 0u);
  if (block.shuffled) std::shuffle(blocks.begin(), blocks.end(), block.random);
  for (const unsigned i : blocks) {
    here.block = {i % here.blocks.x, i / here.blocks.x % here.blocks.y, i / (here.blocks.x * here.blocks.y)};
    run_block(kernel);
  }
  acquire(&block.end_of_threads);
  block.kernel = nullptr;
}

std::string running_thread() {
  if (block.kernel == nullptr) return {};
  return fmt::format("{}, block ({},{},{}), thread ({},{},{})", block.kernel->name, here.block.x, here.block.y,
                     here.block.z, here.thread.x, here.thread.y, here.thread.z);
}

void barrier(int line) {
  const Unwatched unwatched;
  if (block.at_barrier.empty()) block.barrier_line = line;
  if (block.barrier_line != line) bug("divergent __syncthreads: threads of the block wait at different lines");
  if (block.alive < block.threads.size()) bug("divergent __syncthreads: other threads of the block have ended");
  release(&block.barrier_line);
  block.at_barrier.push_back(block.current);
  if (block.at_barrier.size() == block.alive) wake(block.at_barrier);
  wait();
  acquire(&block.barrier_line);
}

std::uint64_t exchange(unsigned mask, std::uint64_t bits, int source) {
  const Unwatched unwatched;
  const void* line = __builtin_return_address(0);
  const unsigned self = block.current, own = 1u << self % kWarp;
  Warp& warp = block.warps[self / kWarp];
  if ((mask & own) == 0) bug("a shuffle or __syncwarp whose mask does not name the calling lane");
  if ((mask & ~warp.live) != 0) bug("a shuffle or __syncwarp whose mask names a lane that has ended or never was");
  if ((mask >> source & 1) == 0) bug("a shuffle reads a lane that its mask does not name");
  if (warp.arrived == 0) {
    warp.mask = mask;
    warp.line = line;
  }
  if (warp.mask != mask || warp.line != line) bug("lanes of one warp meet with different masks or at different lines");
  const unsigned turn = warp.turn % 2;
  warp.bits[turn][self % kWarp] = bits;
  warp.arrived |= own;
  warp.waiting.push_back(self);
  if (warp.arrived == mask) {
    warp.arrived = 0;
    ++warp.turn;
    wake(warp.waiting);
  }
  wait();
  return warp.bits[turn][static_cast<std::size_t>(source)];
}

int lane() { return static_cast<int>(block.current % kWarp); }

}  // namespace cusim
