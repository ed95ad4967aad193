/* Kernels that only measure: what the expansion of nodes costs, in two ways. Both find the same. */

#include "bitsliced_aes.cuh"
#include "tree.cuh"

struct RateArguments {
    /* A block for each thread. */
    uint4 *found;
    /* Nodes that each thread expands, one out of the other. */
    uint32_t expansions;
};

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
        Block in = sigma(node);
        next_node(node, aes(own, HASH_LEFT, in), aes(own, HASH_RIGHT, in));
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
