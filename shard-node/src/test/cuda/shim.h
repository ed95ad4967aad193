/*
 * A GPU's programming model on the processor, so that tests run the very source of the kernels: blocks one after the
 * other; the threads of a block in turns, each until it comes to a barrier or to an operation of its warp.
 *
 * Stricter than a GPU: threads take their turns in an order that differs from block to block, shared memory begins with
 * noise and ends with memory that nobody may read, and threads that end while others wait at a barrier, or lanes that wait
 * for different things, end the launch with what went wrong. Not seen here: whether what is to be atomic is.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <string>

struct alignas(8) uint2 {
    uint32_t x, y;
};

struct alignas(16) uint4 {
    uint32_t x, y, z, w;
};

static inline uint2 make_uint2(uint32_t x, uint32_t y) { return uint2{x, y}; }
static inline uint4 make_uint4(uint32_t x, uint32_t y, uint32_t z, uint32_t w) { return uint4{x, y, z, w}; }

namespace shim {

struct Dim {
    unsigned x, y, z;
};

struct Kernel {
    const char *name;
    size_t parameter_bytes;
    void (*run)(const void *parameters);
};

/* The kernel of that name, or null. */
const Kernel *find(const char *name);

/*
 * Runs a whole grid on the calling thread; only one at a time in the process. Gives what went wrong, or an empty text.
 */
std::string launch(const Kernel &kernel, Dim grid, Dim block, size_t shared_bytes, const void *parameters);

/* For kernels: */
struct Registration {
    explicit Registration(const Kernel &kernel);
};

extern Dim thread_index, block_index, block_size, grid_size;
extern uint4 *shared;

void block_barrier();
uint32_t warp_ballot(bool bit);
uint32_t warp_exchange(uint32_t value, int lane_distance);
void count_common_bits(uint32_t c[4], uint4 a, uint2 b);
/* Ends the launch if it is not: a GPU would. */
void require_aligned(const void *address, size_t bytes);

} // namespace shim

#define DEVICE static inline
#define DEVICE_DATA static
#define DEVICE_CONSTANT static
#define KERNEL(NAME, BLOCKS, ARGUMENTS)                                                                                \
    static void NAME(const ARGUMENTS &a);                                                                              \
    static const shim::Registration NAME##_registration(                                                               \
        {#NAME, sizeof(ARGUMENTS), [](const void *a) { NAME(*(const ARGUMENTS *)a); }});                               \
    static void NAME(const ARGUMENTS &a)

#define threadIdx shim::thread_index
#define blockIdx shim::block_index
#define gridDim shim::grid_size
#define shared_memory shim::shared

DEVICE void block_barrier() { shim::block_barrier(); }
DEVICE uint32_t warp_ballot(bool bit) { return shim::warp_ballot(bit); }
DEVICE uint32_t warp_exchange(uint32_t value, int lane_distance) { return shim::warp_exchange(value, lane_distance); }
DEVICE void count_common_bits(uint32_t c[4], uint4 a, uint2 b) { shim::count_common_bits(c, a, b); }
DEVICE uint4 load_once(const uint4 *from) {
    shim::require_aligned(from, sizeof(uint4));
    return *from;
}
DEVICE uint32_t rotate_left(uint32_t word, int bits) { return word << bits | word >> (32 - bits); }
DEVICE void xor_into(uint32_t *to, uint32_t value) { *to ^= value; }
DEVICE void xor_into(unsigned long long *to, unsigned long long value) {
    shim::require_aligned(to, sizeof *to);
    *to ^= value;
}
