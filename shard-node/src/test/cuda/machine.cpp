#include "machine.h"

#include <cstdlib>

#include <thread>

namespace host_gpu {

Machine &machine() {
    static Machine &one = *new Machine();
    return one;
}

Machine::Machine() {
    for (int i = 0; i < MOST_DEVICES; i++) {
        devices[i].index = i;
    }
    // For whole programs, which nobody can tell: one device of so many bytes.
    if (const char *bytes = getenv("MORPHOGEN_HOST_GPU_BYTES")) {
        device_count = 1;
        devices[0].bytes = strtoull(bytes, nullptr, 10);
    }
}

bool sticks(int result) {
    return result == 46 || result == 214 || result == 220 || result == ILLEGAL_ADDRESS || result == 702 ||
           result == 709 || result == 710 || (result >= 714 && result <= 719) || result == 999;
}

int Machine::injected(const std::string &function) {
    for (size_t i = 0; i < faults.size(); i++) {
        if (faults[i].function == function && --faults[i].nth == 0) {
            int result = faults[i].result;
            faults.erase(faults.begin() + i);
            return result;
        }
    }
    return SUCCESS;
}

int Machine::complain(int result, const std::string &what) {
    complaint = what;
    return result;
}

void Machine::note(const std::string &what) {
    if (keeps_journal) {
        journal += what + "\n";
    }
}

void Machine::stick(Device &device, int result) {
    if (device.stuck == SUCCESS) {
        device.stuck = result;
    }
    changed.notify_all();
}

uintptr_t Machine::new_stream(Device *device) {
    auto stream = std::make_shared<Stream>();
    stream->device = device;
    uintptr_t handle = new_handle();
    streams[handle] = stream;
    running.push_back(stream);
    std::thread([this, stream] { serve(stream); }).detach();
    return handle;
}

void Machine::add(const std::shared_ptr<Stream> &stream, Work work) {
    stream->queue.push_back(std::move(work));
    stream->asked++;
    changed.notify_all();
}

void Machine::serve(const std::shared_ptr<Stream> &stream) {
    std::unique_lock<std::mutex> held(lock);
    while (true) {
        changed.wait(held, [&] { return !paused && (!stream->queue.empty() || stream->closing); });
        if (stream->queue.empty()) {
            break;
        }
        Work work = std::move(stream->queue.front());
        stream->queue.pop_front();
        if (work.event != nullptr) {
            changed.wait(held, [&] { return work.event->done >= work.times; });
        } else if (work.run && stream->device->stuck == SUCCESS) {
            int result = injected("execute");
            if (result == SUCCESS) {
                held.unlock();
                result = work.run();
                held.lock();
            }
            if (result != SUCCESS) {
                stick(*stream->device, result);
            }
        }
        if (work.after) {
            work.after();
        }
        stream->done++;
        changed.notify_all();
    }
    for (size_t i = 0; i < running.size(); i++) {
        if (running[i] == stream) {
            running.erase(running.begin() + i);
            break;
        }
    }
    changed.notify_all();
}

void Machine::wait_for(std::unique_lock<std::mutex> &held, Stream &stream) {
    uint64_t asked = stream.asked;
    changed.wait(held, [&] { return stream.done >= asked; });
}

void Machine::wait_for_all(std::unique_lock<std::mutex> &held, const Device *device) {
    changed.wait(held, [&] {
        for (const auto &stream : running) {
            if ((device == nullptr || stream->device == device) && stream->done < stream->asked) {
                return false;
            }
        }
        return true;
    });
}

int64_t Machine::owned(const Device &device) const {
    int64_t things = device_memory.live_blocks(device.index) + pinned_memory.live_blocks(device.index);
    for (const auto &[handle, stream] : streams) {
        things += stream->device == &device;
    }
    for (const auto &[handle, event] : events) {
        things += event->device == &device;
    }
    for (const auto &[handle, module] : modules) {
        things += module.device == &device;
    }
    return things;
}

void Machine::release(std::unique_lock<std::mutex> &held, Device &device) {
    wait_for_all(held, &device);
    // From a device that is stuck nothing can be freed first.
    if (device.stuck == SUCCESS) {
        counts["leaks"] += owned(device);
    }
    std::string damage = device_memory.damage();
    if (!damage.empty()) {
        complain(ILLEGAL_ADDRESS, damage);
    }
    forget(device);
}

template <typename Things, typename OfDevice>
static void erase(Things &things, OfDevice of_device) {
    for (auto at = things.begin(); at != things.end();) {
        at = of_device(at->second) ? things.erase(at) : std::next(at);
    }
}

void Machine::forget(Device &device) {
    device_memory.release_all(device.index);
    pinned_memory.release_all(device.index);
    for (auto &[handle, stream] : streams) {
        stream->closing = stream->closing || stream->device == &device;
    }
    erase(streams, [&](const auto &stream) { return stream->device == &device; });
    erase(events, [&](const auto &event) { return event->device == &device; });
    erase(functions, [&](const Function &function) { return modules[function.module].device == &device; });
    erase(modules, [&](const Module &module) { return module.device == &device; });
    changed.notify_all();
}

void Machine::reset() {
    std::unique_lock<std::mutex> held(lock);
    paused = false;
    computing = true;
    changed.notify_all();
    wait_for_all(held, nullptr);
    for (Device &device : devices) {
        forget(device);
        device.bytes = 0;
        device.major = 9;
        device.minor = 0;
        device.retained = 0;
        device.stuck = SUCCESS;
    }
    changed.wait(held, [&] { return running.empty(); });
    device_memory.clear();
    pinned_memory.clear();
    device_count = 0;
    driver_version = 13000;
    initialised = false;
    faults.clear();
    counts.clear();
    complaint.clear();
    journal.clear();
    keeps_journal = false;
}

}  // namespace host_gpu
