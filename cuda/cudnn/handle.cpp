#include "cuda/cudnn/handle.hpp"

#include "cuda/cudnn/error.hpp"

namespace dae::cuda::cudnn {

Handle::Handle(const Stream& stream) {
  check("cudnnCreate", "handle", cudnnCreate(&handle_));
  const cudnnStatus_t status = cudnnSetStream(handle_, stream.get());
  if (status != CUDNN_STATUS_SUCCESS) static_cast<void>(cudnnDestroy(handle_));
  check("cudnnSetStream", "handle", status);
}

Handle::~Handle() { static_cast<void>(cudnnDestroy(handle_)); }

}  // namespace dae::cuda::cudnn
