// What the driver for the processor knows: devices, streams, events, modules. One lock guards all of it; streams take
// it between two pieces of work, never during one.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "driver.h"
#include "memory.h"
#include "shim.h"

namespace host_gpu {

constexpr int MOST_DEVICES = 16;

// Its address is its context.
struct Device {
    int index;
    size_t bytes;
    int major = 9;
    int minor = 0;
    int retained = 0;
    // What every call gives once the device is lost or a kernel has failed. As with a real one, until the process ends.
    int stuck = SUCCESS;
};

struct Event {
    Device *device;
    bool timed;
    uint64_t recorded = 0;  // so many times asked for
    uint64_t done = 0;      // so many times come to
    std::chrono::steady_clock::time_point at;
};

// One piece of a stream's work. It runs without the lock; what it gives is a Result.
struct Work {
    std::function<int()> run;
    // Afterwards, under the lock, even when the device is stuck and it did not run.
    std::function<void()> after;
    // If set: waits until the event is done that many times, and runs nothing.
    std::shared_ptr<Event> event;
    uint64_t times = 0;
};

// A queue that a thread of its own serves.
struct Stream {
    Device *device;
    std::deque<Work> queue;
    uint64_t asked = 0;
    uint64_t done = 0;
    bool closing = false;
};

struct Module {
    Device *device;
    std::string text;
};

struct Function {
    uintptr_t module;
    const Probe *probe;
    const shim::Kernel *kernel;
    std::string name;
    int most_dynamic_bytes;

    size_t parameter_bytes() const {
        return probe != nullptr ? probe->parameter_bytes : kernel->parameter_bytes;
    }
};

struct Fault {
    std::string function;
    int nth;
    int result;
};

struct Machine {
    std::mutex lock;
    std::condition_variable changed;
    Device devices[MOST_DEVICES];
    int device_count = 0;
    int driver_version = 13000;
    bool initialised = false;
    bool paused = false;
    // Whether kernels do anything.
    std::atomic<bool> computing{true};
    Memory device_memory;
    Memory pinned_memory;
    // By handle. Handles are numbers that are never given twice.
    uintptr_t last_handle = 0x10000;
    std::map<uintptr_t, std::shared_ptr<Stream>> streams;
    std::map<uintptr_t, std::shared_ptr<Event>> events;
    std::map<uintptr_t, Module> modules;
    std::map<uintptr_t, Function> functions;
    // Those whose threads still run.
    std::vector<std::shared_ptr<Stream>> running;
    std::vector<Fault> faults;
    std::map<std::string, int64_t> counts;
    std::string complaint;
    // What streams were given, a line each, while it is kept.
    std::string journal;
    bool keeps_journal = false;

    Machine();
    uintptr_t new_handle() {
        return last_handle += 16;
    }
    // SUCCESS, or what a test asked for.
    int injected(const std::string &function);
    int complain(int result, const std::string &what);
    void note(const std::string &what);
    void stick(Device &device, int result);

    uintptr_t new_stream(Device *device);
    void add(const std::shared_ptr<Stream> &stream, Work work);
    void wait_for(std::unique_lock<std::mutex> &held, Stream &stream);
    // Until the device has nothing left to do.
    void wait_for_all(std::unique_lock<std::mutex> &held, const Device *device);
    void serve(const std::shared_ptr<Stream> &stream);
    // Frees all that a context still owned; counted as leaks.
    void release(std::unique_lock<std::mutex> &held, Device &device);
    void forget(Device &device);
    int64_t owned(const Device &device) const;
    void reset();
};

// The one there is. It outlives everything, its threads too.
Machine &machine();

// Whether a result stays with the device.
bool sticks(int result);

}  // namespace host_gpu
