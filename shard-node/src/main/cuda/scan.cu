/*
 * The scan: for each key the XOR of the rows that it selects.
 *
 * Over GF(2) that is a product of matrices, keys times rows by rows times bits, so the tensor cores do it: they count, for
 * 16 bit columns and 8 keys at once, the common ones of 256 rows, and the lowest bit of the count is the XOR. Eight keys
 * cost what one costs, and memory is read once for up to 64.
 *
 * A block takes a range of tiles. It makes a tile's selection bits in shared memory, level by level from the tile's root,
 * and uses them there: they are never written to GPU memory. Time and addresses depend on sizes alone, but for lookups in
 * a lane's own bank of shared memory, see aes.cuh.
 */

#include "layout.cuh"
#include "tree.cuh"

#define OCTET 8

struct ScanArguments {
    /* The segment's rows; see layout.cuh. */
    const uint4 *rows;
    /* The keys, one behind the other; see tree.cuh. */
    const uint4 *keys;
    /* A row for each key, into which the sums are XORed. */
    uint32_t *sums;
    uint32_t key_count;
    uint32_t row_words;
    /* Words of the rows that a block takes; which ones, blockIdx.y says. */
    uint32_t block_words;
    /* Levels of the keys from their first node to the leaves. */
    uint32_t height;
    /* Leaves that have rows. */
    uint32_t leaves;
    /* log2 of a tile's leaves; at least 1, unless height is 0. */
    uint32_t tile_height;
    /* Tiles whose roots are found at once. */
    uint32_t stretch_tiles;
};

/* Shared memory of a block: the AES tables, the tile's nodes, the stretch's roots, the block's sums. */
struct ScanMemory {
    uint4 *slots;
    uint4 *roots;
    uint32_t *sums;
};

DEVICE ScanMemory scan_memory(const ScanArguments &a) {
    ScanMemory memory;
    memory.slots = shared_memory + AES_SHARED_BYTES / sizeof(uint4);
    /* A pair has two leaves, even where the tree has one. */
    uint32_t leaves = a.tile_height == 0 ? 2 : 1u << a.tile_height;
    memory.roots = memory.slots + leaves * a.key_count;
    memory.sums = (uint32_t *)(memory.roots + a.stretch_tiles * a.key_count);
    return memory;
}

/* Where a leaf, or a node in place of its first leaf, stands: so that a warp reads 8 keys' bits of a pair in one go. */
DEVICE uint32_t slot_of(uint32_t leaf, uint32_t key, uint32_t key_count) {
    return ((leaf >> 1) * key_count + key) * 2 + (leaf & 1);
}

/* The roots of some tiles, each found by a thread of its own. */
DEVICE void find_roots(const ScanArguments &a, const ScanMemory &memory, uint32_t first_tile, uint32_t tiles) {
    uint32_t own = aes_own();
    int levels = a.height - a.tile_height;
    for (uint32_t i = threadIdx.x; i < tiles * a.key_count; i += THREADS) {
        uint32_t key = i % a.key_count;
        Node node = descend(own, a.keys + key * key_blocks(a.height), levels, first_tile + i / a.key_count);
        uint4 stored = to_vector(node.seed);
        /* At the root of the tree the lowest bit is the seed's; the key tells the control bit then. */
        stored.x |= levels == 0 ? 0 : node.control;
        memory.roots[i] = stored;
    }
}

/* A tile's nodes, level by level, each left child in place of its parent. At last its selection bits, in the same place. */
DEVICE void expand_tile(const ScanArguments &a, const ScanMemory &memory, uint32_t tile_in_stretch) {
    uint32_t own = aes_own();
    const uint4 *roots = memory.roots + tile_in_stretch * a.key_count;
    bool from_tree_root = a.height == a.tile_height;
    uint32_t tile_leaves = 1u << a.tile_height;
    for (uint32_t level = 0; level <= a.tile_height; level++) {
        uint32_t nodes = 1u << level;
        uint32_t span = tile_leaves >> level;
        for (uint32_t i = threadIdx.x; i < nodes * a.key_count; i += THREADS) {
            uint32_t key = i % a.key_count;
            uint32_t leaf = i / a.key_count * span;
            const uint4 *blocks = a.keys + key * key_blocks(a.height);
            uint32_t slot = slot_of(leaf, key, a.key_count);
            Node node = level > 0          ? node_of(memory.slots[slot])
                        : from_tree_root ? key_root(blocks)
                                         : node_of(roots[key]);
            if (level == a.tile_height) {
                memory.slots[slot] = leaf_value(own, blocks, a.height, node);
            } else {
                int at = a.height - a.tile_height + level;
                children(own, blocks, at, node, memory.slots + slot,
                         memory.slots + slot_of(leaf + span / 2, key, a.key_count));
            }
        }
        block_barrier();
    }
}

/* The counts of one word of the rows: for each octet of keys, two units of 16 bit columns. */
template <int OCTETS> struct Counts {
    uint32_t of[OCTETS][2][4];
};

/* The selection bits of a lane's key, for the rows of a pair that are the lane's. */
DEVICE uint2 selection(const ScanArguments &a, const ScanMemory &memory, uint32_t pair, int octet) {
    int lane = threadIdx.x & (WARP - 1);
    uint32_t key = octet * OCTET + lane / 4;
    const uint2 *bits = (const uint2 *)(memory.slots + (pair * a.key_count + (key < a.key_count ? key : 0)) * 2);
    return key < a.key_count ? bits[lane & 3] : make_uint2(0, 0);
}

/* Some pairs, so many words of 16 bytes apart: all loads first, so that they are under way together. */
template <int OCTETS, int AHEAD>
DEVICE void count_some(const ScanArguments &a, const ScanMemory &memory, Counts<OCTETS> &counts, const uint4 *units,
                       uint32_t pair, uint32_t step) {
    uint64_t distance = (uint64_t)step * a.row_words * (PAIR_WORDS / 4);
    uint4 data[AHEAD][2];
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
        data[i][0] = load_once(units);
        data[i][1] = load_once(units + UNIT_WORDS / 4);
        units += distance;
    }
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
#pragma unroll
        for (int octet = 0; octet < OCTETS; octet++) {
            uint2 bits = selection(a, memory, pair + i * step, octet);
            count_common_bits(counts.of[octet][0], data[i][0], bits);
            count_common_bits(counts.of[octet][1], data[i][1], bits);
        }
    }
}

/* Every `step`-th pair of a tile, from `pair` on. `units` are the lane's of the tile's first pair. */
template <int OCTETS, int AHEAD>
DEVICE void count_pairs(const ScanArguments &a, const ScanMemory &memory, Counts<OCTETS> &counts, const uint4 *units,
                        uint32_t pair, uint32_t pairs, uint32_t step) {
    uint64_t pair_vectors = (uint64_t)a.row_words * (PAIR_WORDS / 4);
    for (; pair + (AHEAD - 1) * step < pairs; pair += AHEAD * step) {
        count_some<OCTETS, AHEAD>(a, memory, counts, units + pair * pair_vectors, pair, step);
    }
    for (; pair < pairs; pair += step) {
        count_some<OCTETS, 1>(a, memory, counts, units + pair * pair_vectors, pair, step);
    }
}

/* Puts the lowest bits of the counts together to a word of a row for each key. */
template <int OCTETS>
DEVICE void add_parities(const ScanArguments &a, const Counts<OCTETS> &counts, uint32_t *sums, uint32_t word) {
    int lane = threadIdx.x & (WARP - 1);
#pragma unroll
    for (int octet = 0; octet < OCTETS; octet++) {
#pragma unroll
        for (int odd = 0; odd < 2; odd++) {
            const uint32_t(*of)[4] = counts.of[octet];
            uint32_t four = (of[0][odd] & 1) | (of[0][odd + 2] & 1) << 1 | (of[1][odd] & 1) << 2 |
                            (of[1][odd + 2] & 1) << 3;
            uint32_t row_word = four << (lane & ~3);
            row_word |= warp_exchange(row_word, 4);
            row_word |= warp_exchange(row_word, 8);
            row_word |= warp_exchange(row_word, 16);
            uint32_t key = octet * OCTET + lane * 2 + odd;
            if (lane < 4 && key < a.key_count) {
                xor_into(sums + key * a.block_words + word, row_word);
            }
        }
    }
}

/* A warp takes every so many words of the rows; two share a word's pairs where the words would not occupy all warps alike. */
template <int OCTETS, int AHEAD>
DEVICE void scan_tile(const ScanArguments &a, const ScanMemory &memory, uint32_t tile, uint32_t words) {
    uint32_t tile_pairs = a.tile_height == 0 ? 1 : 1u << (a.tile_height - 1);
    uint32_t all_pairs = (a.leaves + 1) / 2;
    uint32_t first_pair = tile * tile_pairs;
    uint32_t pairs = all_pairs - first_pair < tile_pairs ? all_pairs - first_pair : tile_pairs;
    uint32_t sharing = words % WARPS == 0 ? 1 : 2;
    uint32_t warp = threadIdx.x / WARP;
    const uint4 *lane_rows = a.rows + (uint64_t)first_pair * a.row_words * (PAIR_WORDS / 4) + (threadIdx.x & (WARP - 1));
    for (uint32_t task = warp; task < words * sharing; task += WARPS) {
        uint32_t word = task % words;
        Counts<OCTETS> counts = {};
        const uint4 *units = lane_rows + (uint64_t)(blockIdx.y * a.block_words + word) * (PAIR_WORDS / 4);
        count_pairs<OCTETS, AHEAD>(a, memory, counts, units, task / words, pairs, sharing);
        add_parities<OCTETS>(a, counts, memory.sums, word);
    }
}

template <int OCTETS, int AHEAD> DEVICE void scan(const ScanArguments &a) {
    ScanMemory memory = scan_memory(a);
    uint32_t words = a.row_words - blockIdx.y * a.block_words;
    words = words < a.block_words ? words : a.block_words;
    aes_prepare();
    for (uint32_t i = threadIdx.x; i < a.key_count * a.block_words; i += THREADS) {
        memory.sums[i] = 0;
    }
    uint64_t tiles = (a.leaves + (1u << a.tile_height) - 1) >> a.tile_height;
    uint32_t first = (uint32_t)(tiles * blockIdx.x / gridDim.x);
    uint32_t end = (uint32_t)(tiles * (blockIdx.x + 1) / gridDim.x);
    for (uint32_t tile = first; tile < end; tile++) {
        uint32_t in_stretch = (tile - first) % a.stretch_tiles;
        /* Nobody still uses the roots or the nodes of before. */
        block_barrier();
        if (in_stretch == 0) {
            find_roots(a, memory, tile, end - tile < a.stretch_tiles ? end - tile : a.stretch_tiles);
            block_barrier();
        }
        expand_tile(a, memory, in_stretch);
        scan_tile<OCTETS, AHEAD>(a, memory, tile, words);
    }
    block_barrier();
    for (uint32_t i = threadIdx.x; i < a.key_count * words; i += THREADS) {
        uint32_t key = i / words;
        uint32_t word = i % words;
        xor_into(a.sums + (uint64_t)key * a.row_words + blockIdx.y * a.block_words + word,
                 memory.sums[key * a.block_words + word]);
    }
}

/* By how many keys are aboard: up to 8, 16, 32, 64. More loads under way where counts leave registers for them. */
KERNEL(scan_8, 3, ScanArguments) { scan<1, 4>(a); }
KERNEL(scan_16, 3, ScanArguments) { scan<2, 4>(a); }
KERNEL(scan_32, 2, ScanArguments) { scan<4, 4>(a); }
KERNEL(scan_64, 2, ScanArguments) { scan<8, 2>(a); }

/* What rows differ by from the epochs that some riders ask for: stretches of entries, each for some of the keys. */
struct CorrectArguments {
    const uint4 *keys;
    /* For each entry its row's number in the segment. */
    const uint32_t *row_numbers;
    /* For each entry as many words as a row has. */
    const uint32_t *differences;
    uint32_t *sums;
    /* For each stretch its first entry, how many there are, the first key and how many keys. blockIdx.y is a stretch. */
    const uint4 *stretches;
    uint32_t row_words;
    uint32_t height;
    /* Entries that a block takes at once. */
    uint32_t block_entries;
};

/* XORs, for each key, the differences of selected rows into the sums. Each entry costs the same, selected or not. */
KERNEL(correct, 2, CorrectArguments) {
    uint32_t *masks = (uint32_t *)shared_memory + AES_SHARED_BYTES / sizeof(uint32_t);
    uint4 stretch = a.stretches[blockIdx.y];
    uint32_t key_count = stretch.w;
    const uint4 *keys = a.keys + stretch.z * key_blocks(a.height);
    uint32_t *sums = a.sums + (uint64_t)stretch.z * a.row_words;
    aes_prepare();
    uint32_t own = aes_own();
    for (uint32_t from = blockIdx.x * a.block_entries; from < stretch.y; from += gridDim.x * a.block_entries) {
        uint32_t entries = stretch.y - from < a.block_entries ? stretch.y - from : a.block_entries;
        uint32_t first = stretch.x + from;
        block_barrier();
        for (uint32_t i = threadIdx.x; i < entries * key_count; i += THREADS) {
            uint32_t row = a.row_numbers[first + i / key_count];
            const uint4 *key = keys + i % key_count * key_blocks(a.height);
            Node leaf = descend(own, key, a.height, row / ROWS_PER_LEAF);
            Block bits = to_block(leaf_value(own, key, a.height, leaf));
            uint32_t at = row % ROWS_PER_LEAF;
            uint32_t word = at < 64 ? (at < 32 ? bits.w[0] : bits.w[1]) : (at < 96 ? bits.w[2] : bits.w[3]);
            masks[i] = 0u - (word >> (at & 31) & 1);
        }
        block_barrier();
        for (uint32_t i = threadIdx.x; i < key_count * a.row_words; i += THREADS) {
            uint32_t key = i / a.row_words;
            uint32_t word = i % a.row_words;
            uint32_t sum = 0;
            for (uint32_t entry = 0; entry < entries; entry++) {
                sum ^= a.differences[(uint64_t)(first + entry) * a.row_words + word] & masks[entry * key_count + key];
            }
            xor_into(sums + i, sum);
        }
    }
}
