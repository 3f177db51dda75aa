#include <cstring>

/// \file
/// A libcuda.so.1 for machines without a driver. cuDNN's runtime-compiled engines look up driver functions before they
/// plan; nothing is ever loaded or run. Every function answers "success" and hands out a pointer where one is due.
extern "C" {

extern const int dae_pretended_driver;
const int dae_pretended_driver = 1;

#define EXPORT __attribute__((visibility("default")))

namespace {

int thing;

int succeed() { return 0; }
int give_pointer(void** result) {
  *result = &thing;
  return 0;
}
int give_number(int* result, int number) {
  *result = number;
  return 0;
}
int give_text(const char** text) {
  *text = "pretended";
  return 0;
}

}  // namespace

EXPORT int cuDriverGetVersion(int* version) { return give_number(version, 13000); }
EXPORT int cuDeviceGetCount(int* count) { return give_number(count, 1); }
EXPORT int cuDeviceGet(int* device, int) { return give_number(device, 0); }
EXPORT int cuKernelGetAttribute(int* value) { return give_number(value, 0); }
EXPORT int cuGetErrorString(int, const char** text) { return give_text(text); }
EXPORT int cuGetErrorName(int, const char** text) { return give_text(text); }
EXPORT int cuLibraryLoadData(void** library) { return give_pointer(library); }
EXPORT int cuLibraryGetKernel(void** kernel) { return give_pointer(kernel); }
EXPORT int cuCtxGetCurrent(void** context) { return give_pointer(context); }

#define SUCCEED(name) \
  EXPORT int name() { return succeed(); }
SUCCEED(cuCtxGetLimit)
SUCCEED(cuCtxPopCurrent)
SUCCEED(cuCtxPushCurrent)
SUCCEED(cuKernelSetAttribute)
SUCCEED(cuLaunchCooperativeKernel)
SUCCEED(cuLaunchKernel)
SUCCEED(cuLaunchKernelEx)
SUCCEED(cuLibraryLoadFromFile)
SUCCEED(cuLibraryUnload)
SUCCEED(cuLinkAddData)
SUCCEED(cuLinkComplete)
SUCCEED(cuLinkCreate)
SUCCEED(cuLinkDestroy)
SUCCEED(cuOccupancyMaxPotentialClusterSize)
SUCCEED(cuStreamGetCtx)

EXPORT int cuGetProcAddress_v2(const char* name, void** function, int, unsigned long long, int* found) {
  *function = std::strcmp(name, "cuDriverGetVersion") == 0 ? reinterpret_cast<void*>(&cuDriverGetVersion)
                                                           : reinterpret_cast<void*>(&succeed);
  if (found != nullptr) *found = 0;
  return 0;
}
EXPORT int cuGetProcAddress(const char* name, void** function, int version, unsigned long long flags) {
  return cuGetProcAddress_v2(name, function, version, flags, nullptr);
}

}  // extern "C"
