#include "memory.h"

#include <cstring>
#include <iterator>
#include <sys/mman.h>
#include <vector>

namespace host_gpu {
namespace {

constexpr int POISON = 0xA5;
constexpr int GONE = 0xDE;
constexpr int FENCE = 0xFD;

size_t mapped(size_t bytes) {
    return bytes + 2 * Memory::RED_ZONE;
}

bool all(const void *from, size_t bytes, int value) {
    const unsigned char *at = static_cast<const unsigned char *>(from);
    return bytes == 0 || (at[0] == value && memcmp(at, at + 1, bytes - 1) == 0);
}

void *pointer(uintptr_t address) {
    return reinterpret_cast<void *>(address);
}

std::string fences(uintptr_t address, size_t bytes) {
    if (!all(pointer(address - Memory::RED_ZONE), Memory::RED_ZONE, FENCE)) {
        return "something wrote before an allocation of " + std::to_string(bytes) + " bytes";
    }
    if (!all(pointer(address + bytes), Memory::RED_ZONE, FENCE)) {
        return "something wrote behind an allocation of " + std::to_string(bytes) + " bytes";
    }
    return "";
}

void unmap(uintptr_t address, size_t bytes) {
    munmap(pointer(address - Memory::RED_ZONE), mapped(bytes));
}

}  // namespace

uintptr_t Memory::allocate(int device, size_t bytes) {
    void *base = mmap(nullptr, mapped(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) {
        return 0;
    }
    uintptr_t address = reinterpret_cast<uintptr_t>(base) + RED_ZONE;
    memset(base, FENCE, RED_ZONE);
    memset(pointer(address), POISON, bytes);
    memset(pointer(address + bytes), FENCE, RED_ZONE);
    live[address] = Block{device, bytes};
    return address;
}

bool Memory::release(uintptr_t address, std::string &complaint) {
    auto found = live.find(address);
    if (found == live.end()) {
        complaint = is_freed(address) ? "memory is freed twice" : "what is freed was never allocated";
        return false;
    }
    size_t bytes = found->second.bytes;
    complaint = fences(address, bytes);
    live.erase(found);
    if (bytes > KEPT) {
        unmap(address, bytes);
        return true;
    }
    memset(pointer(address - RED_ZONE), FENCE, RED_ZONE);
    memset(pointer(address), GONE, bytes);
    memset(pointer(address + bytes), FENCE, RED_ZONE);
    freed.push_back({address, bytes});
    freed_bytes += bytes;
    while (freed_bytes > KEPT) {
        if (complaint.empty() && !all(pointer(freed.front().address), freed.front().bytes, GONE)) {
            complaint = "something wrote to memory that had been freed";
        }
        drop_oldest();
    }
    return true;
}

void Memory::drop_oldest() {
    unmap(freed.front().address, freed.front().bytes);
    freed_bytes -= freed.front().bytes;
    freed.pop_front();
}

Block *Memory::find(uintptr_t address, size_t length) {
    auto above = live.upper_bound(address);
    if (above == live.begin()) {
        return nullptr;
    }
    auto found = std::prev(above);
    return found->second.holds(found->first, address, length) ? &found->second : nullptr;
}

Block *Memory::starting_at(uintptr_t address) {
    auto found = live.find(address);
    return found == live.end() ? nullptr : &found->second;
}

bool Memory::is_freed(uintptr_t address) const {
    for (const Freed &block : freed) {
        if (address - block.address < block.bytes) {
            return true;
        }
    }
    return false;
}

std::string Memory::broken_fence() const {
    for (const auto &[address, block] : live) {
        std::string complaint = fences(address, block.bytes);
        if (!complaint.empty()) {
            return complaint;
        }
    }
    return "";
}

std::string Memory::damage() const {
    for (const Freed &block : freed) {
        if (!all(pointer(block.address), block.bytes, GONE)) {
            return "something wrote to memory that had been freed";
        }
    }
    return broken_fence();
}

size_t Memory::live_blocks(int device) const {
    size_t blocks = 0;
    for (const auto &[address, block] : live) {
        blocks += device < 0 || block.device == device;
    }
    return blocks;
}

size_t Memory::live_bytes(int device) const {
    size_t bytes = 0;
    for (const auto &[address, block] : live) {
        bytes += device < 0 || block.device == device ? block.bytes : 0;
    }
    return bytes;
}

void Memory::release_all(int device) {
    std::vector<uintptr_t> addresses;
    for (const auto &[address, block] : live) {
        if (device < 0 || block.device == device) {
            addresses.push_back(address);
        }
    }
    std::string ignored;
    for (uintptr_t address : addresses) {
        release(address, ignored);
    }
}

void Memory::clear() {
    release_all(-1);
    while (!freed.empty()) {
        drop_oldest();
    }
}

}  // namespace host_gpu
