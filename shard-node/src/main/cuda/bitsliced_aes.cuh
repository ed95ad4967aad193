/*
 * The other way to do AES on a GPU: no tables, but logic on bits, two blocks at once in eight registers. Here to be
 * measured beside the tables of aes.cuh; nothing else uses it.
 *
 * Bit 8c + 2r + k of register i is bit i of the byte in column c, row r of block k. The S-box is the circuit of Boyar and
 * Peralta ("A small depth-16 circuit for the AES S-box", 2012).
 */
#pragma once

#include "aes.cuh"

/* Two blocks. */
struct SlicedBlocks {
    uint32_t bit[8];
};

struct SlicedKeys {
    uint32_t round[AES_ROUNDS + 1][8];
};

/* The round keys where block 0 is encrypted under one key and block 1 under another. */
constexpr SlicedKeys sliced_keys(Hash first, Hash second) {
    AesKeys plain = aes_keys();
    SlicedKeys made = {};
    for (int round = 0; round <= AES_ROUNDS; round++) {
        for (int column = 0; column < 4; column++) {
            for (int row = 0; row < 4; row++) {
                for (int block = 0; block < 2; block++) {
                    uint32_t word = plain.round_keys[block == 0 ? first : second][4 * round + column];
                    for (int bit = 0; bit < 8; bit++) {
                        made.round[round][bit] |= (word >> (8 * row + bit) & 1) << (8 * column + 2 * row + block);
                    }
                }
            }
        }
    }
    return made;
}

DEVICE_CONSTANT const SlicedKeys SLICED_CHILDREN = sliced_keys(HASH_LEFT, HASH_RIGHT);

/* Bits of b under the mask change places with those of a that lie so much higher. */
DEVICE void swap_bits(uint32_t &a, uint32_t &b, int distance, uint32_t mask) {
    uint32_t differing = (a >> distance ^ b) & mask;
    b ^= differing;
    a ^= differing << distance;
}

/* In each byte: bit i of register m and bit m of register i change places. */
DEVICE void swap_registers_and_bits(uint32_t q[8]) {
#pragma unroll
    for (int i = 0; i < 8; i += 2) {
        swap_bits(q[i], q[i + 1], 1, 0x55555555);
    }
#pragma unroll
    for (int i = 0; i < 8; i += 4) {
        swap_bits(q[i], q[i + 2], 2, 0x33333333);
        swap_bits(q[i + 1], q[i + 3], 2, 0x33333333);
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
        swap_bits(q[i], q[i + 4], 4, 0x0f0f0f0f);
    }
}

/* Byte c of word r and byte r of word c change places. */
DEVICE void swap_words_and_bytes(const uint32_t from[4], uint32_t to[4]) {
#pragma unroll
    for (int r = 0; r < 4; r++) {
        to[r] = (from[0] >> 8 * r & 0xff) | (from[1] >> 8 * r & 0xff) << 8 | (from[2] >> 8 * r & 0xff) << 16 |
                (from[3] >> 8 * r & 0xff) << 24;
    }
}

DEVICE SlicedBlocks slice_blocks(Block first, Block second) {
    SlicedBlocks s;
    uint32_t rows[2][4];
    swap_words_and_bytes(first.w, rows[0]);
    swap_words_and_bytes(second.w, rows[1]);
#pragma unroll
    for (int i = 0; i < 8; i++) {
        s.bit[i] = rows[i & 1][i >> 1];
    }
    swap_registers_and_bits(s.bit);
    return s;
}

DEVICE void unslice_blocks(SlicedBlocks s, Block &first, Block &second) {
    swap_registers_and_bits(s.bit);
    uint32_t rows[2][4];
#pragma unroll
    for (int i = 0; i < 8; i++) {
        rows[i & 1][i >> 1] = s.bit[i];
    }
    swap_words_and_bytes(rows[0], first.w);
    swap_words_and_bytes(rows[1], second.w);
}

DEVICE void sliced_sbox(uint32_t q[8]) {
    uint32_t x0 = q[7], x1 = q[6], x2 = q[5], x3 = q[4], x4 = q[3], x5 = q[2], x6 = q[1], x7 = q[0];
    /* Linear, on top. */
    uint32_t y14 = x3 ^ x5, y13 = x0 ^ x6, y9 = x0 ^ x3, y8 = x0 ^ x5, t0 = x1 ^ x2;
    uint32_t y1 = t0 ^ x7, y4 = y1 ^ x3, y12 = y13 ^ y14, y2 = y1 ^ x0, y5 = y1 ^ x6;
    uint32_t y3 = y5 ^ y8, t1 = x4 ^ y12, y15 = t1 ^ x5, y20 = t1 ^ x1, y6 = y15 ^ x7;
    uint32_t y10 = y15 ^ t0, y11 = y20 ^ y9, y7 = x7 ^ y11, y17 = y10 ^ y11, y19 = y10 ^ y8;
    uint32_t y16 = t0 ^ y11, y21 = y13 ^ y16, y18 = x0 ^ y16;
    /* Inversion in the field. */
    uint32_t t2 = y12 & y15, t4 = (y3 & y6) ^ t2, t6 = (y4 & x7) ^ t2, t7 = y13 & y16;
    uint32_t t9 = (y5 & y1) ^ t7, t11 = (y2 & y7) ^ t7, t12 = y9 & y11, t14 = (y14 & y17) ^ t12;
    uint32_t t16 = (y8 & y10) ^ t12;
    uint32_t t21 = t4 ^ t14 ^ y20, t22 = t6 ^ t16 ^ y19, t23 = t9 ^ t14 ^ y21, t24 = t11 ^ t16 ^ y18;
    uint32_t t25 = t21 ^ t22, t26 = t21 & t23, t27 = t24 ^ t26, t29 = (t25 & t27) ^ t22;
    uint32_t t30 = t23 ^ t24, t31 = t22 ^ t26, t33 = (t31 & t30) ^ t24, t34 = t23 ^ t33;
    uint32_t t35 = t27 ^ t33, t36 = t24 & t35, t37 = t36 ^ t34, t38 = t27 ^ t36;
    uint32_t t40 = t25 ^ (t29 & t38), t41 = t40 ^ t37, t42 = t29 ^ t33, t43 = t29 ^ t40;
    uint32_t t44 = t33 ^ t37, t45 = t42 ^ t41;
    uint32_t z0 = t44 & y15, z1 = t37 & y6, z2 = t33 & x7, z3 = t43 & y16, z4 = t40 & y1, z5 = t29 & y7;
    uint32_t z6 = t42 & y11, z7 = t45 & y17, z8 = t41 & y10, z9 = t44 & y12, z10 = t37 & y3, z11 = t33 & y4;
    uint32_t z12 = t43 & y13, z13 = t40 & y5, z14 = t29 & y2, z15 = t42 & y9, z16 = t45 & y14, z17 = t41 & y8;
    /* Linear, below. */
    uint32_t t46 = z15 ^ z16, t47 = z10 ^ z11, t48 = z5 ^ z13, t49 = z9 ^ z10, t50 = z2 ^ z12, t51 = z2 ^ z5;
    uint32_t t52 = z7 ^ z8, t53 = z0 ^ z3, t54 = z6 ^ z7, t55 = z16 ^ z17, t56 = z12 ^ t48, t57 = t50 ^ t53;
    uint32_t t58 = z4 ^ t46, t59 = z3 ^ t54, t60 = t46 ^ t57, t61 = z14 ^ t57, t62 = t52 ^ t58;
    uint32_t t63 = t49 ^ t58, t64 = z4 ^ t59, t65 = t61 ^ t62, t66 = z1 ^ t63, t67 = t64 ^ t65;
    uint32_t s3 = t53 ^ t66;
    q[7] = t59 ^ t63;
    q[6] = ~(t64 ^ s3);
    q[5] = ~(t55 ^ t67);
    q[4] = s3;
    q[3] = t51 ^ t66;
    q[2] = t47 ^ t65;
    q[1] = ~(t56 ^ t62);
    q[0] = ~(t48 ^ t60);
}

/* Row r of each column moves r columns. */
DEVICE uint32_t sliced_shift_rows(uint32_t x) {
    return (x & 0x03030303) | (rotate_left(x, 24) & 0x0c0c0c0c) | (rotate_left(x, 16) & 0x30303030) |
           (rotate_left(x, 8) & 0xc0c0c0c0);
}

DEVICE uint32_t sliced_next_row(uint32_t x) { return (x >> 2 & 0x3f3f3f3f) | (x << 6 & 0xc0c0c0c0); }

DEVICE uint32_t sliced_row_after_next(uint32_t x) { return (x >> 4 & 0x0f0f0f0f) | (x << 4 & 0xf0f0f0f0); }

DEVICE SlicedBlocks sliced_aes(const SlicedKeys &keys, SlicedBlocks s) {
#pragma unroll
    for (int i = 0; i < 8; i++) {
        s.bit[i] ^= keys.round[0][i];
    }
#pragma unroll 1
    for (int round = 1; round <= AES_ROUNDS; round++) {
        sliced_sbox(s.bit);
        uint32_t next[8], both[8];
#pragma unroll
        for (int i = 0; i < 8; i++) {
            s.bit[i] = sliced_shift_rows(s.bit[i]);
            next[i] = sliced_next_row(s.bit[i]);
            both[i] = s.bit[i] ^ next[i];
        }
        if (round < AES_ROUNDS) {
#pragma unroll
            for (int i = 0; i < 8; i++) {
                uint32_t twice = i == 0 ? both[7] : (i == 1 || i == 3 || i == 4) ? both[i - 1] ^ both[7] : both[i - 1];
                s.bit[i] = twice ^ next[i] ^ sliced_row_after_next(both[i]);
            }
        }
#pragma unroll
        for (int i = 0; i < 8; i++) {
            s.bit[i] ^= keys.round[round][i];
        }
    }
    return s;
}
