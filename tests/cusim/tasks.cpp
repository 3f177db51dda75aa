#include "tests/cusim/tasks.hpp"

#include <algorithm>
#include <random>
#include <unordered_set>

#include "tests/cusim/memory.hpp"
#include "tests/cusim/runtime.hpp"

namespace cusim {
namespace {

/// In the order in which it was enqueued.
std::vector<TaskPtr> pending;
Order order = Order::lazy;
std::mt19937_64 draws;
bool running = false;
double now = 0;

bool ready(const Task& task) {
  return std::all_of(task.after.begin(), task.after.end(), [](const TaskPtr& before) { return before->done; });
}

void run(const TaskPtr& task) {
  if (task->work.run) {
    const DeviceOpen open;
    running = true;
    count_work(task->work.name);
    task->work.run();
    running = false;
  }
  now += task->work.milliseconds;
  task->time = now;
  task->after.clear();
  task->work = {};
  task->done = true;
}

void run_first() {
  const TaskPtr task = pending.front();
  pending.erase(pending.begin());
  run(task);
}

void run_any() {
  const std::size_t first = draws() % pending.size();
  for (std::size_t i = 0; i < pending.size(); ++i) {
    const auto at = pending.begin() + static_cast<std::ptrdiff_t>((first + i) % pending.size());
    if (!ready(**at)) continue;
    const TaskPtr task = *at;
    pending.erase(at);
    run(task);
    return;
  }
}

/// Only what the task waits for, so that all else is as late as it can be.
void run_needed(const TaskPtr& task) {
  std::unordered_set<Task*> needed;
  std::vector<Task*> open = {task.get()};
  while (!open.empty()) {
    Task* next = open.back();
    open.pop_back();
    if (next->done || !needed.insert(next).second) continue;
    for (const TaskPtr& before : next->after) open.push_back(before.get());
  }
  std::vector<TaskPtr> chosen;
  std::erase_if(pending, [&](const TaskPtr& each) {
    const bool take = needed.contains(each.get());
    if (take) chosen.push_back(each);
    return take;
  });
  for (const TaskPtr& each : chosen) run(each);
}

}  // namespace

void set_order(Order wanted, std::uint64_t seed) {
  order = wanted;
  draws.seed(seed);
}

TaskPtr submit(Work work, std::vector<TaskPtr> after) {
  std::erase_if(after, [](const TaskPtr& task) { return task->done; });
  auto task = std::make_shared<Task>();
  task->work = std::move(work);
  task->after = std::move(after);
  pending.push_back(task);
  advance();
  return task;
}

void finish(const TaskPtr& task) {
  const DeviceOpen open;  // once for all
  if (order == Order::random)
    while (!task->done) run_any();
  else
    run_needed(task);
}

void finish_all() {
  while (!pending.empty()) finish(TaskPtr(pending.back()));
}

void advance() {
  if (running || pending.empty() || order == Order::lazy) return;
  const DeviceOpen open;
  if (order == Order::eager)
    while (!pending.empty()) run_first();
  else
    while (!pending.empty() && draws() % 4 == 0) run_any();  // seldom, so that much is open
}

void spend(double milliseconds) { now += milliseconds; }

bool on_device() { return running; }

std::uint64_t draw_order() { return order == Order::random ? draws() | 1 : 0; }

bool draw_laziness() { return order == Order::random ? draws() % 2 == 0 : order == Order::lazy; }

}  // namespace cusim
