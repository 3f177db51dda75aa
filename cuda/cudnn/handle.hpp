#pragma once

#include <cudnn_graph.h>

#include "cuda/runtime/stream.hpp"

namespace dae::cuda::cudnn {

/// A cuDNN handle on one stream.
class Handle {
 public:
  explicit Handle(const Stream& stream);
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle();

  [[nodiscard]] cudnnHandle_t get() const { return handle_; }

 private:
  cudnnHandle_t handle_ = nullptr;
};

}  // namespace dae::cuda::cudnn
