/*
 * What the kernels need of the machine that they run on: a GPU, or, for tests, a shim that runs their very source on the
 * processor (compiled with MORPHOGEN_HOST).
 */
#pragma once

#include <stdint.h>

/* Threads of a block, of every kernel. */
#define THREADS 256
#define WARP 32
#define WARPS (THREADS / WARP)

#ifdef MORPHOGEN_HOST

#include "shim.h"

#else

#define DEVICE __device__ __forceinline__
#define DEVICE_DATA __device__
#define DEVICE_CONSTANT __constant__

/* A kernel takes one struct. BLOCKS: how many blocks of it a multiprocessor should hold at once, at least. */
#define KERNEL(NAME, BLOCKS, ARGUMENTS)                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) NAME(const __grid_constant__ ARGUMENTS a)

/* All shared memory is dynamic; each kernel cuts it up as it needs. */
extern __shared__ uint4 shared_memory[];

DEVICE void block_barrier() { __syncthreads(); }

DEVICE uint32_t warp_ballot(bool bit) { return __ballot_sync(0xffffffffu, bit); }

DEVICE uint32_t warp_exchange(uint32_t value, int lane_distance) {
    return __shfl_xor_sync(0xffffffffu, value, lane_distance);
}

/* What is read once comes past the first cache. */
DEVICE uint4 load_once(const uint4 *from) { return __ldcs(from); }

DEVICE uint32_t rotate_left(uint32_t word, int bits) { return __funnelshift_l(word, word, bits); }

DEVICE void xor_into(uint32_t *to, uint32_t value) { atomicXor(to, value); }

DEVICE void xor_into(unsigned long long *to, unsigned long long value) { atomicXor(to, value); }

/*
 * One step of the tensor cores over single bits: c[row][column] += number of k with a[row][k] & b[k][column], of 16 rows,
 * 256 k, 8 columns (mma.sync.m16n8k256). With lane = 4g + j: a = (row g, k-word j), (row g + 8, k-word j), the same of
 * k-word j + 4; b = (k-word j, column g), (k-word j + 4, column g); c = (g, 2j), (g, 2j + 1), (g + 8, 2j), (g + 8, 2j + 1).
 */
DEVICE void count_common_bits(uint32_t c[4], uint4 a, uint2 b) {
    asm volatile("mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.and.popc "
                 "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
                 : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "r"(b.x), "r"(b.y));
}

#endif
