#pragma once

#include <driver_types.h>

#include <functional>

namespace dae::cuda {

/// A stream that does not synchronise with the legacy default stream.
class Stream {
 public:
  Stream();
  Stream(Stream&& other) noexcept;
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  [[nodiscard]] cudaStream_t get() const { return stream_; }
  /// Waits on the host for everything enqueued so far.
  void wait() const;
  /// The same for destructors, which must not free what is in use; drops errors.
  void drain() const noexcept;

 private:
  cudaStream_t stream_ = nullptr;
};

/// A point in a stream's work. `timed` events can be subtracted, others cost less.
class Event {
 public:
  explicit Event(bool timed = false);
  Event(Event&& other) noexcept;
  Event& operator=(Event&& other) noexcept;
  ~Event();

  void record(const Stream&);
  /// Lets a stream wait for the recorded point.
  void wait_on(const Stream&) const;
  /// Waits on the host; returns at once when nothing was recorded.
  void wait() const;
  /// Milliseconds from another event to this one; both timed and done.
  [[nodiscard]] float since(const Event& earlier) const;

 private:
  cudaEvent_t event_ = nullptr;
};

/// Work that was recorded once and is launched as a whole.
class GraphExec {
 public:
  GraphExec() = default;
  /// Captures what `enqueue` puts into the stream (nothing of it runs) and makes it launchable. When `enqueue` throws,
  /// the capture is ended and the exception goes on.
  GraphExec(const Stream& stream, const std::function<void()>& enqueue);
  GraphExec(GraphExec&& other) noexcept;
  GraphExec& operator=(GraphExec&& other) noexcept;
  ~GraphExec();

  void launch(const Stream& stream) const;
  /// Nodes in the graph, those inside cuDNN and cuBLAS included.
  [[nodiscard]] std::size_t nodes() const { return nodes_; }
  explicit operator bool() const { return exec_ != nullptr; }

 private:
  cudaGraphExec_t exec_ = nullptr;
  std::size_t nodes_ = 0;
};

}  // namespace dae::cuda
