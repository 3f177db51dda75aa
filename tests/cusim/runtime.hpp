#pragma once

#include <driver_types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// \file
/// The parts of the faked CUDA runtime that the fakes of cuDNN and cuBLAS, and tests, need. Everything here lies in
/// libcusim.so, which stands in for cudart, cuDNN and cuBLAS.
namespace cusim {

/// To be called first in every faked call. Counts it in Counts::calls; where a test wants this very call to fail, the
/// status that it shall return.
std::optional<int> begin_call(const char* name);

/// Puts work on a stream, or into the capture that the stream is in, as one node. It runs later: in stream order, with
/// device memory open for reading and writing, perhaps many times when it is in a graph, so that it must hold copies of
/// all that it needs. Counted in Counts::work under its name when it runs. An error is the one that a kernel launch
/// would return. The work takes
/// `milliseconds` of the simulator's clock.
cudaError_t enqueue(cudaStream_t stream, std::string name, std::function<void()> work, double milliseconds = 1e-3);

/// Whether a stream is being captured, and so must not be waited for.
bool capturing(cudaStream_t stream);

/// Ends the program, unless [data, data + bytes) lies in one live allocation on the device (or in mapped memory) and
/// begins at a multiple of `alignment`. `what` names the operand. To be called by work when it runs.
void require_device_memory(const void* data, std::size_t bytes, std::size_t alignment, const std::string& what);

/// Ends the program with a line "cusim: ...": a bug of the kind that a GPU answers with wrong numbers.
[[noreturn]] void bug(const std::string& what);

/// The order in which work is done that streams and events leave open. lazy: only when something waits for it. eager:
/// as soon as it may. random: any that may be next, at any call, drawn from a seed; blocks and threads of a kernel too.
enum class Order { lazy, eager, random };
void set_order(Order order, std::uint64_t seed = 0);

/// Notes that a GPU was made current.
void count_context(int device);

/// The pretended GPU. The next cudaGetDeviceProperties and cudaMemGetInfo answer so.
struct Gpu {
  std::string name = "CUDA simulator";
  int architecture = 90;  ///< 90 for compute capability 9.0.
  std::size_t memory = std::size_t{8} << 30;
  int multiprocessors = 1;
  int count = 1;       ///< GPUs in the machine, all alike.
  int driver = 13000;  ///< The answer of cudaDriverGetVersion.
};
Gpu& gpu();

/// The `nth` call from now of that name, 1 for the next, returns `status` instead of doing anything. An empty name
/// counts calls of all names. Replaces what was asked for before; nth 0 withdraws it.
void fail_call(const std::string& name, std::uint64_t nth, int status);

/// Counts of what happened since reset_counts.
struct Counts {
  std::map<std::string, std::uint64_t> calls;  ///< Calls from the engine, by name: "cudaMalloc", "cudnnBackendExecute".
  std::map<std::string, std::uint64_t> work;   ///< Runs on the device, by name: kernels, library work,
                                               ///< "copy to device", "copy to host", "copy on device", "clear".
  std::set<int> contexts;                      ///< The GPUs that were made current, which gives them a context.
  std::vector<std::string> sequence;           ///< The names in the order in which they ran.
};
const Counts& counts();
void reset_counts();

/// Live objects that the engine created and has not destroyed, by kind: "device memory", "pinned memory", "stream",
/// "event", "graph", "graph exec" and what libraries add ("cuDNN handle", "cuDNN descriptor", "cuBLAS handle").
const std::map<std::string, std::int64_t>& live_objects();
/// For libraries: +1 when an object of that kind is made, -1 when it is destroyed.
void count_object(const char* kind, int change);

}  // namespace cusim
