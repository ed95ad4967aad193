/*
 * The DPF's tree (Boyle, Gilboa, Ishai 2016; docs/protocol.md has the construction bit for bit).
 *
 * A node in memory is its seed, with the control bit in the lowest bit, which is clear in every seed below the root. A
 * key's part in a launch is a row of blocks:
 *
 *   0      seed of the node that the segment lies below; all its bits count
 *   1      its control bit, in the first word
 *   2, 3   correction of the left and of the right child one level below; each with the control bit's correction in the
 *          lowest bit, which is free
 *   ...    the same for each level, down to the leaves
 *   last   correction of the value
 */
#pragma once

#include "aes.cuh"

#define KEY_HEAD_BLOCKS 2
#define ROWS_PER_LEAF 128

struct Node {
    Block seed;
    uint32_t control;
};

DEVICE Block to_block(uint4 v) { return Block{{v.x, v.y, v.z, v.w}}; }

DEVICE uint4 to_vector(Block b) { return make_uint4(b.w[0], b.w[1], b.w[2], b.w[3]); }

/* A node as it stands in memory. */
DEVICE Node node_of(uint4 stored) {
    Node node = {to_block(stored), stored.x & 1};
    node.seed.w[0] &= ~1u;
    return node;
}

/* Blocks of one key for a segment whose node is so many levels above the leaves. */
DEVICE int key_blocks(int height) { return KEY_HEAD_BLOCKS + 2 * height + 1; }

DEVICE Node key_root(const uint4 *key) { return Node{to_block(key[0]), key[1].x}; }

/* sigma(seed): what AES gets, and what is XORed onto its result. */
DEVICE Block sigma(Block b) { return Block{{b.w[2], b.w[3], b.w[2] ^ b.w[0], b.w[3] ^ b.w[1]}}; }

/* AES's result becomes a hash, corrected where the control bit is 1. */
DEVICE uint4 corrected(Block encrypted, Block sigma_of_seed, uint32_t control, uint4 correction) {
    uint32_t mask = 0u - control;
    return make_uint4(encrypted.w[0] ^ sigma_of_seed.w[0] ^ (correction.x & mask),
                      encrypted.w[1] ^ sigma_of_seed.w[1] ^ (correction.y & mask),
                      encrypted.w[2] ^ sigma_of_seed.w[2] ^ (correction.z & mask),
                      encrypted.w[3] ^ sigma_of_seed.w[3] ^ (correction.w & mask));
}

DEVICE const uint4 *corrections_of(const uint4 *key, int level) { return key + KEY_HEAD_BLOCKS + 2 * level; }

/* Both children, as they stand in memory. `level` counts from the key's first node. */
DEVICE void children(uint32_t own, const uint4 *key, int level, Node parent, uint4 *left, uint4 *right) {
    const Hash hashes[2] = {HASH_LEFT, HASH_RIGHT};
    Block in = sigma(parent.seed);
    Block out[2] = {in, in};
    aes<2>(own, hashes, out);
    *left = corrected(out[0], in, parent.control, corrections_of(key, level)[0]);
    *right = corrected(out[1], in, parent.control, corrections_of(key, level)[1]);
}

/* One child. Which one, is public. */
DEVICE uint4 child(uint32_t own, const uint4 *key, int level, Node parent, int right) {
    const Hash hashes[1] = {right ? HASH_RIGHT : HASH_LEFT};
    Block in = sigma(parent.seed);
    Block out[1] = {in};
    aes<1>(own, hashes, out);
    return corrected(out[0], in, parent.control, corrections_of(key, level)[right]);
}

/* 128 selection bits. */
DEVICE uint4 leaf_value(uint32_t own, const uint4 *key, int height, Node leaf) {
    const Hash hashes[1] = {HASH_VALUE};
    Block in = sigma(leaf.seed);
    Block out[1] = {in};
    aes<1>(own, hashes, out);
    return corrected(out[0], in, leaf.control, corrections_of(key, height)[0]);
}

/* The node so many levels below the key's first one, that is number `index` there. */
DEVICE Node descend(uint32_t own, const uint4 *key, int levels, uint32_t index) {
    Node node = key_root(key);
    for (int level = 0; level < levels; level++) {
        node = node_of(child(own, key, level, node, index >> (levels - 1 - level) & 1));
    }
    return node;
}
