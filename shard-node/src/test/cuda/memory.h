// The memory of the driver for the processor: what it gave, to whom, and whether anybody wrote beside it. The caller
// holds the driver's lock.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace host_gpu {

// One piece of device memory, or one of pinned memory.
struct Block {
    int device;
    size_t bytes;
    size_t used_by = 0;  // copies under way; of pinned memory alone

    bool holds(uintptr_t start, uintptr_t address, size_t length) const {
        return address >= start && length <= bytes && address - start <= bytes - length;
    }
};

// Blocks of one kind. Each is filled with 0xA5, so that nobody reads zeros by luck, and lies between two red zones.
// Freed blocks are kept for a while, filled with 0xDE, so that writing to them is seen and cannot harm the JVM.
class Memory {
  public:
    static constexpr size_t RED_ZONE = 512;
    static constexpr size_t KEPT = size_t{32} << 20;

    // 0 if the machine has no more.
    uintptr_t allocate(int device, size_t bytes);
    // False if no block starts there. `complaint` then or when a red zone was written to.
    bool release(uintptr_t address, std::string &complaint);
    // The live block that holds all of a range, or nullptr.
    Block *find(uintptr_t address, size_t length);
    // The live block that starts there, or nullptr.
    Block *starting_at(uintptr_t address);
    // Whether the address lies in a block that was freed.
    bool is_freed(uintptr_t address) const;
    // Whether a red zone was written to; "" if not.
    std::string broken_fence() const;
    // The same, and whether a freed block was written to. Reads all that is kept.
    std::string damage() const;
    size_t live_blocks(int device) const;
    size_t live_bytes(int device) const;
    void release_all(int device);
    // Forgets the freed blocks as well.
    void clear();

  private:
    struct Freed {
        uintptr_t address;
        size_t bytes;
    };
    std::map<uintptr_t, Block> live;
    std::deque<Freed> freed;
    size_t freed_bytes = 0;

    void drop_oldest();
};

}  // namespace host_gpu
