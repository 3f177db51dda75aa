#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// \file
/// Work that was enqueued and not yet done, with nothing but the order that streams, events and graphs lay down.
namespace cusim {

/// Work that runs on the device at one go; without `run` a mark that only has an order.
struct Work {
  std::string name;
  std::function<void()> run;
  double milliseconds = 1e-3;
};

struct Task {
  Work work;
  std::vector<std::shared_ptr<Task>> after;
  bool done = false;
  double time = 0;  // when it was done, in milliseconds of the clock that work and host code advance
};
using TaskPtr = std::shared_ptr<Task>;

/// Enqueues work that may run once all of `after` is done.
TaskPtr submit(Work work, std::vector<TaskPtr> after);

/// Does what must be done before the task is, and the task. Under Order::random, other work as well.
void finish(const TaskPtr& task);

/// Does all that was enqueued.
void finish_all();

/// Does as much as the order in force has a mind to; called in every call.
void advance();

/// Lets time pass in which the host is busy.
void spend(double milliseconds);

/// Counts work that begins, for Counts.
void count_work(const std::string& name);

/// Whether the calling thread is inside work that runs on the device.
bool on_device();

/// A number other than 0 to draw an order inside a kernel from, under Order::random; else 0.
std::uint64_t draw_order();
/// A coin; tails under Order::eager, heads under Order::lazy.
bool draw_laziness();

}  // namespace cusim
