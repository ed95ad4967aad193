// A CUDA driver for the processor: what the tests ask it to do and what it knows about one kernel or one device.
// See driver.cpp. The functions of the driver itself are declared nowhere: JCuda finds them by name.
#pragma once
#include <cstddef>
#include <cstdint>

namespace host_gpu {

// Some of CUresult.
enum Result : int {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NOT_INITIALIZED = 3,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    INVALID_CONTEXT = 201,
    INVALID_PTX = 218,
    UNSUPPORTED_PTX_VERSION = 222,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    NOT_READY = 600,
    ILLEGAL_ADDRESS = 700,
    LAUNCH_FAILED = 719,
};

// A kernel that only the driver's own tests know; it runs once a launch, on the stream's thread. Returns nullptr, or
// what went wrong.
struct Probe {
    const char *name;
    size_t parameter_bytes;
    const char *(*run)(const void *parameters);
};
const Probe *find_probe(const char *name);

}  // namespace host_gpu

extern "C" {
// Everything as it was when the library was loaded: no devices, no faults, nothing allocated.
void morphogen_host_gpu_reset();
// From now on there are so many devices of so much memory each.
void morphogen_host_gpu_devices(int count, int64_t bytes_each);
// Of all devices.
void morphogen_host_gpu_compute_capability(int device, int major, int minor);
// Of the driver, e.g. 13000 for CUDA 13.0.
void morphogen_host_gpu_driver_version(int version);
// The nth next call (1 is the next) of a function gives this result and does nothing; "execute" is what streams do.
void morphogen_host_gpu_fail(const char *function, int nth, int result);
// From now on every call that concerns the device gives this result.
void morphogen_host_gpu_lose(int device, int result);
// Streams begin nothing new until they are resumed.
void morphogen_host_gpu_compute(int computing);
void morphogen_host_gpu_pause(int paused);
// See driver.cpp; -1 for a name that it does not know.
int64_t morphogen_host_gpu_count(const char *what);
// What streams were given since this was called last, in order, a line each: a copy's or a zeroing's bytes, a kernel's
// name, grid, block and shared memory. From the first call on until reset.
const char *morphogen_host_gpu_journal();
// What the driver last found wrong, "" if nothing; true until the next call of this function or of reset.
const char *morphogen_host_gpu_complaint();
}
