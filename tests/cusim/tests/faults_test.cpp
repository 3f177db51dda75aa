#include <cublas_v2.h>
#include <cuda_runtime_api.h>
#include <cudnn_graph.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <numeric>
#include <set>

#include "dae/error.hpp"
#include "host/training/trainer.hpp"
#include "tests/cusim/runtime.hpp"
#include "tests/cusim/tests/order.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/devices.hpp"
#include "tests/support/graphs.hpp"
#include "tests/support/temp_folder.hpp"

/// \file
/// A training run in which a call of the runtime, cuDNN or cuBLAS fails: one run for each call.

/// For LeakSanitizer: what a call that failed to give it back has lost is one of the fakes' own objects.
extern "C" const char* __lsan_default_suppressions() { return "leak:^cuda\nleak:^cudnn\nleak:^cublas\n"; }

namespace dae::test {
namespace {

constexpr Shape image_shape{1, 4, 4, 1};

ImageSet images(int count) {
  ImageSet set{image_shape.with_batch(count), {}};
  for (std::size_t i = 0; i < set.shape.size(); ++i) set.pixels.push_back(static_cast<std::uint8_t>(i * 31));
  return set;
}

/// A set that is larger than the free memory, so that it streams.
DeviceSet streamed(Device& device, const ImageSet& set) {
  struct Restored {
    std::size_t memory = std::exchange(cusim::gpu().memory, 1);
    ~Restored() { cusim::gpu().memory = memory; }
  } restored;
  return upload(device, set);
}

/// One more epoch of the run that lies in a folder, or its first, of two steps of which the second is short. Before it
/// a prediction by a program whose plans are timed; the other programs' are deterministic.
struct Training : TrainingObserver {
  TrainingPlan plan;
  std::map<std::string, std::uint64_t> calls;  ///< Made until the epoch was saved: those that follow give back.

  Training(const std::filesystem::path& out, bool resume) {
    plan.graph =
        fixture::chain(Conv2d{2}, ReLU{}, MaxPool2d{}, Upsample2d{}, Flatten{}, Dense{16}, Reshape{4, 4, 1}, Sigmoid{});
    plan.noise.parts = {Gaussian{}};
    plan.computation.deterministic = true;
    plan.epochs = resume ? 2 : 1;
    plan.batch = 4;
    plan.clip_norm = 1;
    plan.out = out;
    plan.resume = resume;
  }
  void epoch_ended(const EpochResult&) override { calls = cusim::counts().calls; }
  void run() {
    const auto device = open_device("0");
    const auto state = device->make_state(plan.graph, image_shape);
    const Spec timed{.shape = image_shape.with_batch(2), .mode = Mode::infer, .loss = Bce{}};
    const auto program = device->compile(plan.graph, timed);
    std::vector<float> in(3 * image_shape.sample_size(), 0.5f), out(in.size());
    program->predict(*state, in, out);
    const DeviceSet train_set = upload(*device, images(6)), validation_set = streamed(*device, images(5));
    train(*device, plan, train_set, validation_set, *this, [] { return false; });
  }
};

int status_for(const std::string& call) {
  if (call.starts_with("cudnn")) return CUDNN_STATUS_EXECUTION_FAILED;
  if (call.starts_with("cublas")) return CUBLAS_STATUS_EXECUTION_FAILED;
  return call == "cudaMalloc" || call == "cudaHostAlloc" ? cudaErrorMemoryAllocation : cudaErrorLaunchFailure;
}

/// Calls that only destructors make, which must not throw; what they should have given back is lost.
bool gives_back(const std::string& call) {
  return call.starts_with("cudaFree") || call.find("Destroy") != std::string::npos;
}

/// Whether a run may go on and end as if the call had not failed.
bool may_be_survived(const std::string& call) {
  if (gives_back(call) || call == "cudaDeviceSynchronize") return true;  // the destructor of memory
  // Planning takes another engine instead, and timing leaves out what there is no memory for.
  return call.starts_with("cudnnBackend") || call == "cudaMalloc";
}

/// Which calls of `count` of one name are to fail: all with CUSIM_FAULTS=all, else the first, the last and a few
/// between them, and the last before destructors begin and the first after it.
std::set<std::uint64_t> chosen(std::uint64_t count, std::uint64_t before_destructors) {
  constexpr std::uint64_t kParts = 4;
  std::set<std::uint64_t> all;
  if (const char* wanted = std::getenv("CUSIM_FAULTS"); wanted != nullptr && std::string(wanted) == "all")
    for (std::uint64_t nth = 1; nth <= count; ++nth) all.insert(nth);
  for (std::uint64_t part = 0; part <= kParts; ++part) all.insert(1 + (count - 1) * part / kParts);
  if (before_destructors > 0) all.insert(before_destructors);
  if (before_destructors < count) all.insert(before_destructors + 1);
  return all;
}

/// The message names the call; of a kernel's launch the kernel.
bool names(const std::string& message, const std::string& call) {
  return message.find(call == "cudaLaunchKernelEx" ? "_kernel failed" : call) != std::string::npos;
}

std::int64_t objects() {
  const auto& live = cusim::live_objects();
  return std::accumulate(live.begin(), live.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& each) { return sum + each.second; });
}

std::vector<float> numbers(const std::filesystem::path& checkpoint) {
  const Checkpoint loaded = load_checkpoint(checkpoint);
  std::vector<float> all = loaded.weights;
  all.insert(all.end(), loaded.moments.begin(), loaded.moments.end());
  all.push_back(static_cast<float>(loaded.step));
  return all;
}

struct Fault {
  std::string call;
  std::uint64_t nth;
};

/// Trains with the fault and checks what the run leaves. Returns false where the call never came: how often a run asks
/// for its losses depends on the clock.
bool check(const Fault& fault, const std::filesystem::path& out, const std::string& before,
           const std::vector<float>& after) {
  INFO(fault.call << ", call " << fault.nth);
  const std::int64_t live = objects();
  Training training(out, true);
  restart_order();
  cusim::reset_counts();
  cusim::fail_call(fault.call, fault.nth, status_for(fault.call));
  std::string message;
  bool memory = false;
  try {
    training.run();
  } catch (const DeviceError& error) {
    message = error.what();
    memory = dynamic_cast<const MemoryError*>(&error) != nullptr;
  }
  cusim::fail_call("", 0, 0);
  INFO(message);
  const auto& calls = cusim::counts().calls;
  const bool came = calls.contains(fault.call) && calls.at(fault.call) >= fault.nth;
  const bool in_destructor = !training.calls.empty() && fault.nth > training.calls[fault.call];
  if (message.empty()) {
    CHECK((!came || in_destructor || may_be_survived(fault.call)));
    CHECK(numbers(out / last_checkpoint) == after);
  } else {
    CHECK_FALSE((in_destructor || gives_back(fault.call)));
    CHECK(names(message, fault.call));
    CHECK(memory == (status_for(fault.call) == cudaErrorMemoryAllocation));
    CHECK(slurp(out / last_checkpoint) == before);
  }
  const std::int64_t lost = objects() - live;
  CHECK(lost >= 0);
  CHECK(lost <= (gives_back(fault.call) ? 1 : 0));
  return came;
}

}  // namespace

TEST_CASE("whichever call fails, training ends with an error that names it and leaks and changes nothing",
          "[cusim][fault]") {
  const TempFolder folder;
  const std::filesystem::path start = folder / "start", out = folder / "run";
  const auto restore = [&] {
    std::filesystem::remove_all(out);
    std::filesystem::copy(start, out);
  };
  std::filesystem::create_directory(start);
  Training(start, false).run();
  const std::string before = slurp(start / last_checkpoint);

  restore();
  const std::int64_t live = objects();
  restart_order();
  cusim::reset_counts();
  Training whole(out, true);
  whole.run();
  const auto calls = cusim::counts().calls;
  const std::vector<float> after = numbers(out / last_checkpoint);
  REQUIRE(slurp(out / last_checkpoint) != before);
  REQUIRE(objects() == live);
  std::size_t tried = 0, came = 0;
  for (const auto& [call, count] : calls)
    for (const std::uint64_t nth : chosen(count, whole.calls[call])) {
      restore();
      ++tried;
      if (check({call, nth}, out, before, after)) ++came;
    }
  CHECK(came >= tried - tried / 20);
}

TEST_CASE("a loss that is no number ends training with an error, leaks nothing and changes no checkpoint",
          "[cusim][fault]") {
  const TempFolder folder;
  Training(folder.path(), false).run();
  Checkpoint wild = load_checkpoint(folder / last_checkpoint);
  std::ranges::fill(wild.weights, std::numeric_limits<float>::max());
  save_checkpoint(folder / last_checkpoint, wild);
  const std::string before = slurp(folder / last_checkpoint);
  const std::int64_t live = objects();
  CHECK_THROWS_AS(Training(folder.path(), true).run(), NumericError);
  CHECK(objects() == live);
  CHECK(slurp(folder / last_checkpoint) == before);
}

}  // namespace dae::test
