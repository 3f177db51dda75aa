/* A libcuda.so.1 for machines without a driver. cuDNN's runtime-compiled engines look up driver functions before they
   plan; nothing is ever loaded or run. Every function answers "success" and hands out a pointer where one is due. */
#include <stddef.h>

int dae_pretended_driver = 1;
static int thing;

static int succeed(void) { return 0; }
static int give_pointer(void** result) { *result = &thing; return 0; }
static int give_zero(int* result) { *result = 0; return 0; }

int cuDriverGetVersion(int* version) { *version = 13000; return 0; }
int cuDeviceGetCount(int* count) { *count = 1; return 0; }
int cuGetErrorString(int error, const char** text) { (void)error; *text = "pretended"; return 0; }
int cuGetErrorName(int error, const char** text) { return cuGetErrorString(error, text); }
int cuLibraryLoadData(void** library) { return give_pointer(library); }
int cuLibraryGetKernel(void** kernel) { return give_pointer(kernel); }
int cuCtxGetCurrent(void** context) { return give_pointer(context); }
int cuDeviceGet(int* device) { return give_zero(device); }
int cuKernelGetAttribute(int* value) { return give_zero(value); }

#define SUCCEED(name) int name(void) { return succeed(); }
SUCCEED(cuCtxGetLimit)
SUCCEED(cuCtxPopCurrent)
SUCCEED(cuCtxPushCurrent)
SUCCEED(cuStreamGetCtx)
SUCCEED(cuLinkCreate)
SUCCEED(cuLinkAddData)
SUCCEED(cuLinkComplete)
SUCCEED(cuLinkDestroy)
SUCCEED(cuLaunchKernel)
SUCCEED(cuLaunchKernelEx)
SUCCEED(cuLaunchCooperativeKernel)
SUCCEED(cuLibraryLoadFromFile)
SUCCEED(cuLibraryUnload)
SUCCEED(cuKernelSetAttribute)
SUCCEED(cuOccupancyMaxPotentialClusterSize)

int cuGetProcAddress_v2(const char* name, void** function, int version, unsigned long long flags, int* found) {
  const char* wanted = "cuDriverGetVersion";
  const char* given = name;
  (void)version;
  (void)flags;
  while (*wanted != '\0' && *wanted == *given) ++wanted, ++given;
  *function = *wanted == '\0' && *given == '\0' ? (void*)cuDriverGetVersion : (void*)succeed;
  if (found != NULL) *found = 0;
  return 0;
}
int cuGetProcAddress(const char* name, void** function, int version, unsigned long long flags) {
  return cuGetProcAddress_v2(name, function, version, flags, NULL);
}
