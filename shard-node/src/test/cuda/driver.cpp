// A CUDA driver for the processor, stricter than a real one: the functions of libcuda.so.1 that a node calls. It is
// loaded before JCuda's binding, which then takes it for the driver; all that JCuda knows beyond these stays unbound
// and must not be called.
//
// Asynchronous work is asynchronous: every stream is a thread. Memory is poisoned when it is allocated, stands between
// red zones, and must be live, of the right device and, on the host, pinned wherever a call names it. Kernels are
// started by the shim, one at a time; one that writes far from any allocation kills the JVM.
#include <algorithm>
#include <cstdio>
#include <cstring>

#include "machine.h"

namespace shim {
// Without kernels there are only probes.
__attribute__((weak)) const Kernel *find(const char *name);
__attribute__((weak)) std::string launch(const Kernel &, Dim grid, Dim block, size_t dynamic_shared_bytes,
                                         const void *parameters);
}  // namespace shim

using namespace host_gpu;

namespace {

constexpr int MULTIPROCESSORS = 4;
// The lower the more urgent.
constexpr int MOST_PRIORITY = -5;
constexpr int SHARED_BYTES = 48 << 10;
constexpr int REGISTERS_PER_THREAD = 64;
constexpr uint64_t EVENT_DISABLE_TIMING = 2;

thread_local Device *current = nullptr;

// A call that needs no context.
struct Call {
    Machine &m = machine();
    std::unique_lock<std::mutex> held{m.lock};
    int result;

    explicit Call(const char *function, bool needs_init = true) {
        result = m.injected(function);
        if (result == SUCCESS && needs_init && !m.initialised) {
            result = m.complain(NOT_INITIALIZED, std::string(function) + " before cuInit");
        }
    }
};

// A call that needs the context of its thread.
struct ContextCall : Call {
    Device *device = current;

    explicit ContextCall(const char *function) : Call(function) {
        if (result == SUCCESS && (device == nullptr || device->retained == 0)) {
            result = m.complain(INVALID_CONTEXT, std::string(function) + " without a context");
        } else if (result == SUCCESS) {
            result = device->stuck;
        } else if (device != nullptr && sticks(result)) {
            m.stick(*device, result);
        }
    }

    // The live object of a handle that belongs to this context, or nullptr and a result.
    template <typename Things>
    auto *of(Things &things, void *handle, const char *what) {
        auto found = things.find(reinterpret_cast<uintptr_t>(handle));
        if (found == things.end() || owner(found->second) != device) {
            result = m.complain(INVALID_HANDLE, std::string("no such ") + what + " in this context");
            return static_cast<decltype(&found->second)>(nullptr);
        }
        return &found->second;
    }

    std::shared_ptr<Stream> stream(void *handle) {
        auto *found = of(m.streams, handle, "stream");
        return found == nullptr ? nullptr : *found;
    }

    Device *owner(const std::shared_ptr<Stream> &stream) { return stream->device; }
    Device *owner(const std::shared_ptr<Event> &event) { return event->device; }
    Device *owner(const Module &module) { return module.device; }
    Device *owner(const Function &function) { return m.modules[function.module].device; }

    bool is_device_memory(uintptr_t address, size_t bytes) {
        Block *block = m.device_memory.find(address, bytes);
        if (block == nullptr || block->device != device->index) {
            result = m.complain(INVALID_VALUE, "a range that no allocation of this device holds");
        }
        return result == SUCCESS;
    }

    Block *pinned(const void *address, size_t bytes) {
        Block *block = m.pinned_memory.find(reinterpret_cast<uintptr_t>(address), bytes);
        if (block == nullptr) {
            result = m.complain(INVALID_VALUE, "host memory that was not allocated pinned");
        }
        return block;
    }

    void add(void *stream_handle, Work work) {
        std::shared_ptr<Stream> queue = stream(stream_handle);
        if (queue != nullptr) {
            m.add(queue, std::move(work));
        } else if (work.after) {
            work.after();
        }
    }

    // Copies between ranges that have been checked; the block is pinned memory that must stay meanwhile, or nullptr.
    int copy(void *to, const void *from, size_t bytes, Block *block, void *stream_handle, const char *count) {
        Work work;
        work.run = [=] {
            memcpy(to, from, bytes);
            return SUCCESS;
        };
        if (block != nullptr) {
            block->used_by++;
            work.after = [block] { block->used_by--; };
        }
        add(stream_handle, std::move(work));
        m.note(std::string(count) + " " + std::to_string(bytes));
        m.counts[count] += result == SUCCESS ? bytes : 0;
        return result;
    }
};

void *pointer(uintptr_t address) {
    return reinterpret_cast<void *>(address);
}

// 9.0 for CUDA 13.0 and so on; good enough to refuse what is too new.
bool is_too_new(const std::string &text, int driver_version) {
    int major = 0, minor = 0;
    sscanf(text.c_str() + text.find(".version"), ".version %d.%d", &major, &minor);
    int speaks = driver_version >= 13000 ? 90 + driver_version % 1000 / 10 : 80 + driver_version % 1000 / 10;
    return major * 10 + minor > speaks;
}

int most_shared_bytes(const Device &device) {
    return (device.major >= 9 ? 227 : device.minor == 0 ? 163 : 99) << 10;
}

int shared_bytes_per_multiprocessor(const Device &device) {
    return most_shared_bytes(device) + 1024;
}

int attribute(const Device &device, int which) {
    switch (which) {
        case 8: return SHARED_BYTES;
        case 16: return MULTIPROCESSORS;
        case 75: return device.major;
        case 76: return device.minor;
        case 81: return shared_bytes_per_multiprocessor(device);
        case 97: return most_shared_bytes(device);
        default: return -1;
    }
}

// What a launch was given; CUDA takes it in either of two forms, we in the one that says how long it is.
int read_parameters(Machine &m, const Function &function, void **extra, std::vector<char> &parameters) {
    if (extra == nullptr || extra[0] != pointer(1) || extra[2] != pointer(2) || extra[4] != nullptr) {
        return m.complain(INVALID_VALUE, "parameters are expected as one buffer and its size");
    }
    size_t bytes = *static_cast<size_t *>(extra[3]);
    if (bytes != function.parameter_bytes()) {
        return m.complain(INVALID_VALUE, function.name + " takes " + std::to_string(function.parameter_bytes()) +
                                             " bytes of parameters, not " + std::to_string(bytes));
    }
    const char *from = static_cast<const char *>(extra[1]);
    parameters.assign(from, from + bytes);
    return SUCCESS;
}

// Whatever looks like an address of memory that is gone, or of another device's.
int check_pointers(Machine &m, const Device &device, const std::vector<char> &parameters) {
    for (size_t at = 0; at + 8 <= parameters.size(); at += 8) {
        uintptr_t word;
        memcpy(&word, parameters.data() + at, 8);
        Block *block = m.device_memory.find(word, 1);
        if (m.device_memory.is_freed(word)) {
            return m.complain(ILLEGAL_ADDRESS, "a kernel is given memory that was freed");
        }
        if (block != nullptr && block->device != device.index) {
            return m.complain(ILLEGAL_ADDRESS, "a kernel is given another device's memory");
        }
    }
    return SUCCESS;
}

int run_kernel(const Function &function, shim::Dim grid, shim::Dim block, size_t dynamic_bytes,
               const std::vector<char> &parameters) {
    static std::mutex &one_at_a_time = *new std::mutex();
    std::string wrong;
    {
        std::lock_guard<std::mutex> held(one_at_a_time);
        if (function.probe != nullptr) {
            const char *said = function.probe->run(parameters.data());
            wrong = said == nullptr ? "" : said;
        } else {
            wrong = machine().computing
                        ? shim::launch(*function.kernel, grid, block, dynamic_bytes, parameters.data())
                        : std::string();
        }
    }
    std::lock_guard<std::mutex> held(machine().lock);
    machine().counts["launches"]++;
    machine().counts["launches " + function.name]++;
    return wrong.empty() ? SUCCESS : machine().complain(LAUNCH_FAILED, function.name + ": " + wrong);
}

int after_waiting(ContextCall &call) {
    std::string damage = call.m.device_memory.broken_fence();
    if (damage.empty()) {
        damage = call.m.pinned_memory.broken_fence();
    }
    if (!damage.empty()) {
        call.m.complain(ILLEGAL_ADDRESS, damage);
        call.m.stick(*call.device, ILLEGAL_ADDRESS);
    }
    return call.device->stuck;
}

Device *device_at(Call &call, int index) {
    if (call.result == SUCCESS && (index < 0 || index >= call.m.device_count)) {
        call.result = INVALID_DEVICE;
    }
    return call.result == SUCCESS ? &call.m.devices[index] : nullptr;
}

}  // namespace

// The driver's own functions. What each does is in NVIDIA's manual; here is only what is stricter.
extern "C" {

int cuInit(unsigned) {
    Call call("cuInit", false);
    if (call.result == SUCCESS && call.m.device_count == 0) {
        return NO_DEVICE;
    }
    call.m.initialised = call.m.initialised || call.result == SUCCESS;
    return call.result;
}

int cuDriverGetVersion(int *version) {
    Call call("cuDriverGetVersion", false);
    *version = call.m.driver_version;
    return call.result;
}

int cuDeviceGetCount(int *count) {
    Call call("cuDeviceGetCount");
    *count = call.m.device_count;
    return call.result;
}

int cuDeviceGet(int *device, int index) {
    Call call("cuDeviceGet");
    device_at(call, index);
    *device = index;
    return call.result;
}

int cuDeviceGetName(char *name, int length, int index) {
    Call call("cuDeviceGetName");
    device_at(call, index);
    snprintf(name, length, "Processor as GPU %d", index);
    return call.result;
}

int cuDeviceGetAttribute(int *value, int which, int index) {
    Call call("cuDeviceGetAttribute");
    Device *device = device_at(call, index);
    if (device == nullptr) {
        return call.result;
    }
    *value = attribute(*device, which);
    return *value < 0 ? call.m.complain(INVALID_VALUE, "an attribute that this driver does not know") : SUCCESS;
}

int cuDeviceTotalMem_v2(size_t *bytes, int index) {
    Call call("cuDeviceTotalMem");
    Device *device = device_at(call, index);
    *bytes = device == nullptr ? 0 : device->bytes;
    return call.result;
}

int cuDevicePrimaryCtxRetain(void **context, int index) {
    Call call("cuDevicePrimaryCtxRetain");
    Device *device = device_at(call, index);
    if (device == nullptr || device->stuck != SUCCESS) {
        return device == nullptr ? call.result : device->stuck;
    }
    device->retained++;
    *context = device;
    return SUCCESS;
}

int cuDevicePrimaryCtxRelease_v2(int index) {
    Call call("cuDevicePrimaryCtxRelease");
    Device *device = device_at(call, index);
    if (device == nullptr) {
        return call.result;
    }
    if (device->retained == 0) {
        return call.m.complain(INVALID_CONTEXT, "a context is released more often than it was retained");
    }
    if (--device->retained == 0) {
        call.m.release(call.held, *device);
    }
    return device->stuck;
}

int cuCtxSetCurrent(void *context) {
    Call call("cuCtxSetCurrent");
    if (call.result != SUCCESS) {
        return call.result;
    }
    current = static_cast<Device *>(context);
    if (current != nullptr && current->retained == 0) {
        return call.m.complain(INVALID_CONTEXT, "the context has been released");
    }
    return current == nullptr ? SUCCESS : current->stuck;
}

int cuCtxGetCurrent(void **context) {
    Call call("cuCtxGetCurrent");
    *context = current;
    return call.result;
}

// The one option that it heeds is the error log.
int cuModuleLoadDataEx(void **module, const void *image, unsigned options, int *names, void **values) {
    ContextCall call("cuModuleLoadDataEx");
    if (call.result != SUCCESS) {
        return call.result;
    }
    std::string text(static_cast<const char *>(image));
    if (text.find(".version") == std::string::npos) {
        char *log = nullptr;
        size_t log_bytes = 0;
        for (unsigned i = 0; i < options; i++) {
            log = names[i] == 5 ? static_cast<char *>(values[i]) : log;
            log_bytes = names[i] == 6 ? reinterpret_cast<size_t>(values[i]) & 0xffffffff : log_bytes;
        }
        if (log != nullptr) {
            snprintf(log, log_bytes, "ptxas application ptx input, line 1; fatal   : Missing .version directive\n");
        }
        return call.m.complain(INVALID_PTX, "a module without .version");
    }
    if (is_too_new(text, call.m.driver_version)) {
        return UNSUPPORTED_PTX_VERSION;
    }
    uintptr_t handle = call.m.new_handle();
    call.m.modules[handle] = Module{call.device, text};
    *module = pointer(handle);
    return SUCCESS;
}

int cuModuleUnload(void *module) {
    ContextCall call("cuModuleUnload");
    if (call.result == SUCCESS && call.of(call.m.modules, module, "module") != nullptr) {
        call.m.wait_for_all(call.held, call.device);
        uintptr_t gone = reinterpret_cast<uintptr_t>(module);
        for (auto at = call.m.functions.begin(); at != call.m.functions.end();) {
            at = at->second.module == gone ? call.m.functions.erase(at) : std::next(at);
        }
        call.m.modules.erase(gone);
    }
    return call.result;
}

// The module must name the kernel, and there must be one to run.
int cuModuleGetFunction(void **function, void *module, const char *name) {
    ContextCall call("cuModuleGetFunction");
    Module *holder = call.result == SUCCESS ? call.of(call.m.modules, module, "module") : nullptr;
    if (holder == nullptr) {
        return call.result;
    }
    const Probe *probe = find_probe(name);
    const shim::Kernel *kernel = probe == nullptr && shim::find != nullptr ? shim::find(name) : nullptr;
    if (holder->text.find(std::string(".entry ") + name + "(") == std::string::npos ||
        (probe == nullptr && kernel == nullptr)) {
        return call.m.complain(NOT_FOUND, std::string("no kernel ") + name);
    }
    uintptr_t handle = call.m.new_handle();
    call.m.functions[handle] =
        Function{reinterpret_cast<uintptr_t>(module), probe, kernel, name, SHARED_BYTES};
    *function = pointer(handle);
    return SUCCESS;
}

int cuFuncGetAttribute(int *value, int which, void *function) {
    ContextCall call("cuFuncGetAttribute");
    Function *found = call.result == SUCCESS ? call.of(call.m.functions, function, "function") : nullptr;
    if (found != nullptr) {
        switch (which) {
            case 0: *value = 1024; break;
            case 1: *value = 0; break;
            case 3: *value = 0; break;
            case 4: *value = REGISTERS_PER_THREAD; break;
            case 8: *value = found->most_dynamic_bytes; break;
            default: return call.m.complain(INVALID_VALUE, "an attribute that this driver does not know");
        }
    }
    return call.result;
}

int cuFuncSetAttribute(void *function, int which, int value) {
    ContextCall call("cuFuncSetAttribute");
    Function *found = call.result == SUCCESS ? call.of(call.m.functions, function, "function") : nullptr;
    if (found == nullptr) {
        return call.result;
    }
    if (which != 8 || value < 0 || value > most_shared_bytes(*call.device)) {
        return call.m.complain(INVALID_VALUE, "more shared memory than a block can have");
    }
    found->most_dynamic_bytes = value;
    return SUCCESS;
}

int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, void *function, int threads, size_t dynamic_bytes) {
    ContextCall call("cuOccupancyMaxActiveBlocksPerMultiprocessor");
    Function *found = call.result == SUCCESS ? call.of(call.m.functions, function, "function") : nullptr;
    if (found == nullptr) {
        return call.result;
    }
    if (threads < 1 || threads > 1024 || dynamic_bytes > size_t(found->most_dynamic_bytes)) {
        *blocks = 0;
        return SUCCESS;
    }
    int by_threads = 2048 / threads;
    int by_registers = 65536 / (REGISTERS_PER_THREAD * threads);
    int by_shared = shared_bytes_per_multiprocessor(*call.device) / (int(dynamic_bytes) + 1024);
    *blocks = std::min(std::min(by_threads, by_registers), std::min(by_shared, 32));
    return SUCCESS;
}

int cuMemGetInfo_v2(size_t *free, size_t *total) {
    ContextCall call("cuMemGetInfo");
    if (call.result == SUCCESS) {
        *total = call.device->bytes;
        *free = call.device->bytes - call.m.device_memory.live_bytes(call.device->index);
    }
    return call.result;
}

int cuMemAlloc_v2(uintptr_t *address, size_t bytes) {
    ContextCall call("cuMemAlloc");
    if (call.result != SUCCESS || bytes == 0) {
        return bytes == 0 ? INVALID_VALUE : call.result;
    }
    if (bytes > call.device->bytes - call.m.device_memory.live_bytes(call.device->index)) {
        return OUT_OF_MEMORY;
    }
    *address = call.m.device_memory.allocate(call.device->index, bytes);
    return *address == 0 ? OUT_OF_MEMORY : SUCCESS;
}

// Waits for all the device's work first, as a real one does.
int cuMemFree_v2(uintptr_t address) {
    ContextCall call("cuMemFree");
    if (call.result != SUCCESS) {
        return call.result;
    }
    Block *block = call.m.device_memory.starting_at(address);
    if (block != nullptr && block->device != call.device->index) {
        return call.m.complain(INVALID_VALUE, "another device's memory is freed");
    }
    call.m.wait_for_all(call.held, call.device);
    std::string complaint;
    bool was_live = call.m.device_memory.release(address, complaint);
    if (!complaint.empty()) {
        call.m.complain(INVALID_VALUE, complaint);
        if (was_live) {
            call.m.stick(*call.device, ILLEGAL_ADDRESS);
        }
    }
    return was_live ? call.device->stuck : INVALID_VALUE;
}

// Portable memory alone.
int cuMemHostAlloc(void **address, size_t bytes, unsigned flags) {
    ContextCall call("cuMemHostAlloc");
    if (call.result != SUCCESS || bytes == 0 || flags != 1) {
        return call.result != SUCCESS ? call.result : INVALID_VALUE;
    }
    uintptr_t given = call.m.pinned_memory.allocate(call.device->index, bytes);
    *address = pointer(given);
    return given == 0 ? OUT_OF_MEMORY : SUCCESS;
}

// Refused while a copy from or to it is under way.
int cuMemFreeHost(void *address) {
    ContextCall call("cuMemFreeHost");
    if (call.result != SUCCESS) {
        return call.result;
    }
    uintptr_t given = reinterpret_cast<uintptr_t>(address);
    Block *block = call.m.pinned_memory.starting_at(given);
    if (block != nullptr && block->used_by > 0) {
        return call.m.complain(INVALID_VALUE, "pinned memory is freed while it is being copied");
    }
    std::string complaint;
    bool was_live = call.m.pinned_memory.release(given, complaint);
    if (!complaint.empty()) {
        call.m.complain(INVALID_VALUE, complaint);
    }
    return complaint.empty() && was_live ? SUCCESS : INVALID_VALUE;
}

int cuMemcpyHtoDAsync_v2(uintptr_t to, const void *from, size_t bytes, void *stream) {
    ContextCall call("cuMemcpyHtoDAsync");
    Block *block = call.result == SUCCESS ? call.pinned(from, bytes) : nullptr;
    if (block == nullptr || !call.is_device_memory(to, bytes)) {
        return call.result;
    }
    return call.copy(pointer(to), from, bytes, block, stream, "bytes-to-device");
}

int cuMemcpyDtoHAsync_v2(void *to, uintptr_t from, size_t bytes, void *stream) {
    ContextCall call("cuMemcpyDtoHAsync");
    Block *block = call.result == SUCCESS ? call.pinned(to, bytes) : nullptr;
    if (block == nullptr || !call.is_device_memory(from, bytes)) {
        return call.result;
    }
    return call.copy(to, pointer(from), bytes, block, stream, "bytes-to-host");
}

// Ranges must not overlap.
int cuMemcpyDtoDAsync_v2(uintptr_t to, uintptr_t from, size_t bytes, void *stream) {
    ContextCall call("cuMemcpyDtoDAsync");
    if (call.result != SUCCESS || !call.is_device_memory(to, bytes) || !call.is_device_memory(from, bytes)) {
        return call.result;
    }
    if (to < from + bytes && from < to + bytes) {
        return call.m.complain(INVALID_VALUE, "a copy between ranges that overlap");
    }
    return call.copy(pointer(to), pointer(from), bytes, nullptr, stream, "bytes-on-device");
}

int cuMemsetD8Async(uintptr_t to, unsigned char value, size_t bytes, void *stream) {
    ContextCall call("cuMemsetD8Async");
    if (call.result == SUCCESS && call.is_device_memory(to, bytes)) {
        Work work;
        work.run = [=] {
            memset(pointer(to), value, bytes);
            return SUCCESS;
        };
        call.m.note("zeroed " + std::to_string(bytes));
        call.add(stream, std::move(work));
    }
    return call.result;
}

int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned dynamic_bytes, void *stream, void **, void **extra) {
    ContextCall call("cuLaunchKernel");
    Function *found = call.result == SUCCESS ? call.of(call.m.functions, function, "function") : nullptr;
    if (found == nullptr) {
        return call.result;
    }
    if (gx == 0 || gy == 0 || gz == 0 || gx > 0x7fffffff || gy > 65535 || gz > 65535 || bx == 0 || by == 0 ||
        bz == 0 || uint64_t(bx) * by * bz > 1024) {
        return call.m.complain(INVALID_VALUE, "a grid or a block of a size that no device takes");
    }
    if (dynamic_bytes > unsigned(found->most_dynamic_bytes)) {
        return call.m.complain(INVALID_VALUE, "more shared memory than the kernel was allowed");
    }
    std::vector<char> parameters;
    call.result = read_parameters(call.m, *found, extra, parameters);
    if (call.result != SUCCESS) {
        return call.result;
    }
    call.m.note(found->name + " " + std::to_string(gx) + "x" + std::to_string(gy) + "x" + std::to_string(gz) + " of " +
                std::to_string(bx) + "x" + std::to_string(by) + "x" + std::to_string(bz) + ", " +
                std::to_string(dynamic_bytes) + " shared");
    Work work;
    Device *device = call.device;
    work.run = [kernel = *found, device, gx, gy, gz, bx, by, bz, dynamic_bytes, parameters] {
        {
            std::lock_guard<std::mutex> held(machine().lock);
            int bad = check_pointers(machine(), *device, parameters);
            if (bad != SUCCESS) {
                return bad;
            }
        }
        return run_kernel(kernel, {gx, gy, gz}, {bx, by, bz}, dynamic_bytes, parameters);
    };
    call.add(stream, std::move(work));
    return call.result;
}

int cuCtxGetStreamPriorityRange(int *least, int *greatest) {
    ContextCall call("cuCtxGetStreamPriorityRange");
    *least = 0;
    *greatest = MOST_PRIORITY;
    return call.result;
}

int cuStreamCreateWithPriority(void **stream, unsigned flags, int priority) {
    ContextCall call("cuStreamCreateWithPriority");
    if (call.result == SUCCESS && (priority > 0 || priority < MOST_PRIORITY)) {
        return call.m.complain(INVALID_VALUE, "a priority that there is not");
    }
    if (call.result == SUCCESS && flags != 1) {
        return call.m.complain(INVALID_VALUE, "a stream that waits for the default one");
    }
    *stream = call.result == SUCCESS ? pointer(call.m.new_stream(call.device)) : nullptr;
    return call.result;
}

int cuStreamDestroy_v2(void *stream) {
    ContextCall call("cuStreamDestroy");
    if (call.result == SUCCESS && call.stream(stream) != nullptr) {
        auto found = call.m.streams.find(reinterpret_cast<uintptr_t>(stream));
        found->second->closing = true;
        call.m.streams.erase(found);
        call.m.changed.notify_all();
    }
    return call.result;
}

int cuStreamSynchronize(void *stream) {
    ContextCall call("cuStreamSynchronize");
    std::shared_ptr<Stream> found = call.result == SUCCESS ? call.stream(stream) : nullptr;
    if (found == nullptr) {
        return call.result;
    }
    call.m.wait_for(call.held, *found);
    return after_waiting(call);
}

int cuStreamWaitEvent(void *stream, void *event, unsigned) {
    ContextCall call("cuStreamWaitEvent");
    auto found = call.m.events.find(reinterpret_cast<uintptr_t>(event));
    if (call.result != SUCCESS || found == call.m.events.end()) {
        return call.result != SUCCESS ? call.result : call.m.complain(INVALID_HANDLE, "no such event");
    }
    Work work;
    work.event = found->second;
    work.times = found->second->recorded;
    call.add(stream, std::move(work));
    return call.result;
}

int cuEventCreate(void **event, unsigned flags) {
    ContextCall call("cuEventCreate");
    if (call.result == SUCCESS) {
        uintptr_t handle = call.m.new_handle();
        call.m.events[handle] = std::make_shared<Event>();
        call.m.events[handle]->device = call.device;
        call.m.events[handle]->timed = (flags & EVENT_DISABLE_TIMING) == 0;
        *event = pointer(handle);
    }
    return call.result;
}

int cuEventRecord(void *event, void *stream) {
    ContextCall call("cuEventRecord");
    auto *found = call.result == SUCCESS ? call.of(call.m.events, event, "event") : nullptr;
    if (found == nullptr || call.stream(stream) == nullptr) {
        return call.result;
    }
    Work work;
    work.after = [event = *found, times = ++(*found)->recorded] {
        event->done = std::max(event->done, times);
        event->at = std::chrono::steady_clock::now();
    };
    call.add(stream, std::move(work));
    return call.result;
}

int cuEventSynchronize(void *event) {
    ContextCall call("cuEventSynchronize");
    auto *found = call.result == SUCCESS ? call.of(call.m.events, event, "event") : nullptr;
    if (found == nullptr) {
        return call.result;
    }
    std::shared_ptr<Event> awaited = *found;
    uint64_t times = awaited->recorded;
    call.m.changed.wait(call.held, [&] { return awaited->done >= times; });
    return after_waiting(call);
}

int cuEventDestroy_v2(void *event) {
    ContextCall call("cuEventDestroy");
    if (call.result == SUCCESS && call.of(call.m.events, event, "event") != nullptr) {
        call.m.events.erase(reinterpret_cast<uintptr_t>(event));
    }
    return call.result;
}

int cuEventElapsedTime(float *millis, void *begin, void *end) {
    ContextCall call("cuEventElapsedTime");
    auto *from = call.result == SUCCESS ? call.of(call.m.events, begin, "event") : nullptr;
    auto *to = from != nullptr ? call.of(call.m.events, end, "event") : nullptr;
    if (to == nullptr) {
        return call.result;
    }
    if (!(*from)->timed || !(*to)->timed || (*from)->recorded == 0 || (*to)->recorded == 0) {
        return call.m.complain(INVALID_HANDLE, "time between events that tell none");
    }
    if ((*from)->done < (*from)->recorded || (*to)->done < (*to)->recorded) {
        return NOT_READY;
    }
    *millis = std::chrono::duration<float, std::milli>((*to)->at - (*from)->at).count();
    return SUCCESS;
}

// What tests ask of it; see driver.h.

void morphogen_host_gpu_reset() {
    machine().reset();
}

void morphogen_host_gpu_devices(int count, int64_t bytes_each) {
    Call call("devices", false);
    call.m.device_count = std::min(count, MOST_DEVICES);
    for (Device &device : call.m.devices) {
        device.bytes = bytes_each;
    }
}

void morphogen_host_gpu_compute_capability(int device, int major, int minor) {
    Call call("compute_capability", false);
    call.m.devices[device].major = major;
    call.m.devices[device].minor = minor;
}

void morphogen_host_gpu_driver_version(int version) {
    Call call("driver_version", false);
    call.m.driver_version = version;
}

void morphogen_host_gpu_fail(const char *function, int nth, int result) {
    std::lock_guard<std::mutex> held(machine().lock);
    machine().faults.push_back({function, nth, result});
}

void morphogen_host_gpu_lose(int device, int result) {
    Call call("lose", false);
    call.m.stick(call.m.devices[device], result);
}

void morphogen_host_gpu_compute(int computing) {
    machine().computing = computing != 0;
}

void morphogen_host_gpu_pause(int paused) {
    Call call("pause", false);
    call.m.paused = paused != 0;
    call.m.changed.notify_all();
}

// Live things: device-memory, device-bytes, pinned-memory, streams, events, modules, contexts. Since the last reset:
// leaks (things that a context still owned when it was released), launches, "launches KERNEL", bytes-to-device,
// bytes-to-host, bytes-on-device.
int64_t morphogen_host_gpu_count(const char *what) {
    Call call("count", false);
    std::string name(what);
    Machine &m = call.m;
    if (name == "device-memory") return m.device_memory.live_blocks(-1);
    if (name == "device-bytes") return m.device_memory.live_bytes(-1);
    if (name == "pinned-memory") return m.pinned_memory.live_blocks(-1);
    if (name == "streams") return m.streams.size();
    if (name == "events") return m.events.size();
    if (name == "modules") return m.modules.size();
    if (name == "contexts") {
        return std::count_if(m.devices, m.devices + MOST_DEVICES, [](const Device &d) { return d.retained > 0; });
    }
    static const char *const counted[] = {"leaks", "bytes-to-device", "bytes-to-host", "bytes-on-device", "launches"};
    bool known = name.rfind("launches ", 0) == 0;
    for (const char *each : counted) {
        known = known || name == each;
    }
    return known ? m.counts[name] : -1;
}

const char *morphogen_host_gpu_journal() {
    static thread_local std::string told;
    Call call("journal", false);
    told.swap(call.m.journal);
    call.m.journal.clear();
    call.m.keeps_journal = true;
    return told.c_str();
}

const char *morphogen_host_gpu_complaint() {
    static thread_local std::string said;
    Call call("complaint", false);
    said = call.m.complaint;
    call.m.complaint.clear();
    return said.c_str();
}

}  // extern "C"
