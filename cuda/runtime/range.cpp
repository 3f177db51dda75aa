#include "cuda/runtime/range.hpp"

#include <nvtx3/nvToolsExt.h>

namespace dae::cuda {

Range::Range(const std::string& name) { nvtxRangePushA(name.c_str()); }

Range::~Range() { nvtxRangePop(); }

}  // namespace dae::cuda
