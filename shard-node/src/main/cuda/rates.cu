/* Kernels that only measure, for benchmarks: how fast memory can be read, and what AES costs in two ways. */

#include "bitsliced_aes.cuh"
#include "tree.cuh"

struct RateArguments {
    /* A block for each thread. */
    uint4 *found;
    /* Nodes that each thread expands, one out of the other. */
    uint32_t expansions;
};

struct ReadArguments {
    const uint4 *from;
    /* A word for each thread. */
    uint32_t *found;
    uint64_t vectors;
};

/* Reads everything once and XORs it: the least that a scan must do. */
KERNEL(read_all, 4, ReadArguments) {
    const int AHEAD = 8;
    uint64_t threads = (uint64_t)gridDim.x * THREADS;
    uint64_t thread = (uint64_t)blockIdx.x * THREADS + threadIdx.x;
    uint32_t sum = 0;
    for (uint64_t at = thread; at < a.vectors; at += AHEAD * threads) {
        uint4 data[AHEAD];
#pragma unroll
        for (int i = 0; i < AHEAD; i++) {
            uint64_t ahead = at + i * threads;
            data[i] = ahead < a.vectors ? load_once(a.from + ahead) : make_uint4(0, 0, 0, 0);
        }
#pragma unroll
        for (int i = 0; i < AHEAD; i++) {
            sum ^= data[i].x ^ data[i].y ^ data[i].z ^ data[i].w;
        }
    }
    a.found[thread] = sum;
}

/* Both children's hashes make the next node. */
DEVICE void next_node(Block &node, Block left, Block right) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
        node.w[i] = left.w[i] ^ rotate_left(right.w[i], 1);
    }
}

KERNEL(rate_of_tables, 3, RateArguments) {
    aes_prepare();
    block_barrier();
    uint32_t own = aes_own();
    uint32_t thread = blockIdx.x * THREADS + threadIdx.x;
    Block node = {{thread, 1, 2, 3}};
    for (uint32_t i = 0; i < a.expansions; i++) {
        const Hash hashes[2] = {HASH_LEFT, HASH_RIGHT};
        Block both[2] = {sigma(node), sigma(node)};
        aes<2>(own, hashes, both);
        next_node(node, both[0], both[1]);
    }
    a.found[thread] = to_vector(node);
}

KERNEL(rate_of_bits, 4, RateArguments) {
    uint32_t thread = blockIdx.x * THREADS + threadIdx.x;
    Block node = {{thread, 1, 2, 3}};
    for (uint32_t i = 0; i < a.expansions; i++) {
        Block in = sigma(node);
        Block left, right;
        unslice_blocks(sliced_aes(SLICED_CHILDREN, slice_blocks(in, in)), left, right);
        next_node(node, left, right);
    }
    a.found[thread] = to_vector(node);
}
