/*
 * AES-128 (FIPS 197) under the three fixed keys of the DPF, by table lookups in shared memory.
 *
 * Two tables of 256 words, the second of them turned by 16 bits, serve all byte positions. They stand in shared memory 32
 * times, once a bank, and each lane of a warp looks up in its own: so lookups of a warp never meet in a bank, and take the
 * same time whatever is looked up (after Tezcan, "Optimization of Advanced Encryption Standard on Graphics Processing
 * Units", 2021). Word x of table t for a lane lies at byte 256 x + 128 t + 4 lane, so that an address is made of a state's
 * byte with one mask.
 */
#pragma once

#include "platform.cuh"

#define AES_ROUNDS 10
#define AES_TABLE_WORDS 256
/* Of shared memory, from its beginning: the tables. */
#define AES_SHARED_BYTES (2 * AES_TABLE_WORDS * WARP * 4)

/* Keys of the construction: children and leaves. */
enum Hash { HASH_LEFT = 0, HASH_RIGHT = 1, HASH_VALUE = 2 };

/* 16 bytes as four little-endian words. */
struct Block {
    uint32_t w[4];
};

struct AesTable {
    uint32_t word[AES_TABLE_WORDS];
};

struct AesKeys {
    uint32_t round_keys[3][4 * (AES_ROUNDS + 1)];
    /* The same, turned right by 8 bits: what is XORed in before a turn to the left. */
    uint32_t turned_keys[3][4 * (AES_ROUNDS + 1)];
};

constexpr uint32_t aes_twice(uint32_t x) { return ((x << 1) ^ ((x >> 7) * 0x11b)) & 0xff; }

constexpr uint32_t aes_product(uint32_t x, uint32_t y) {
    uint32_t sum = 0;
    for (int bit = 0; bit < 8; bit++) {
        sum ^= ((y >> bit) & 1) * x;
        x = aes_twice(x);
    }
    return sum;
}

constexpr uint32_t aes_sbox(uint32_t x) {
    /* x^254 is the inverse. */
    uint32_t inverse = 1;
    uint32_t power = x;
    for (int bit = 1; bit < 8; bit++) {
        power = aes_product(power, power);
        inverse = aes_product(inverse, power);
    }
    uint32_t out = 0x63;
    for (int bit = 0; bit < 8; bit++) {
        uint32_t sum = (inverse >> bit) ^ (inverse >> ((bit + 4) & 7)) ^ (inverse >> ((bit + 5) & 7)) ^
                       (inverse >> ((bit + 6) & 7)) ^ (inverse >> ((bit + 7) & 7));
        out ^= (sum & 1) << bit;
    }
    return out;
}

constexpr AesTable aes_table() {
    AesTable made = {};
    for (uint32_t x = 0; x < AES_TABLE_WORDS; x++) {
        uint32_t s = aes_sbox(x);
        made.word[x] = aes_twice(s) | s << 8 | s << 16 | (aes_twice(s) ^ s) << 24;
    }
    return made;
}

constexpr uint32_t aes_substituted(uint32_t word) {
    return aes_sbox(word & 0xff) | aes_sbox(word >> 8 & 0xff) << 8 | aes_sbox(word >> 16 & 0xff) << 16 |
           aes_sbox(word >> 24) << 24;
}

constexpr AesKeys aes_keys() {
    AesKeys made = {};
    const uint32_t keys[3][4] = {{0xa5b6a2fd, 0x935f08d0, 0xf6a03de5, 0x5be037cc},
                                 {0xf66f4d0b, 0xe2ea1fe0, 0xdebb026c, 0xef94b6ae},
                                 {0xb21d1c98, 0x46a31101, 0x8c5423e3, 0x05a5d158}};
    for (int key = 0; key < 3; key++) {
        uint32_t *words = made.round_keys[key];
        uint32_t round_constant = 1;
        for (int i = 0; i < 4 * (AES_ROUNDS + 1); i++) {
            if (i < 4) {
                words[i] = keys[key][i];
                continue;
            }
            uint32_t last = words[i - 1];
            if (i % 4 == 0) {
                last = aes_substituted(last >> 8 | last << 24) ^ round_constant;
                round_constant = aes_twice(round_constant);
            }
            words[i] = words[i - 4] ^ last;
        }
        for (int i = 0; i < 4 * (AES_ROUNDS + 1); i++) {
            made.turned_keys[key][i] = words[i] >> 8 | words[i] << 24;
        }
    }
    return made;
}

/* Read by each lane at its own place, and so not from constant memory, which gives a warp one word at a time. */
DEVICE_DATA const AesTable AES_TABLE = aes_table();

/* Read by all lanes at the same place. */
DEVICE_CONSTANT const AesKeys AES = aes_keys();

/* Fills the tables; a barrier must follow. */
DEVICE void aes_prepare() {
    uint32_t *tables = (uint32_t *)shared_memory;
    for (int entry = threadIdx.x; entry < AES_TABLE_WORDS; entry += THREADS) {
        uint32_t word = AES_TABLE.word[entry];
        for (int copy = 0; copy < WARP; copy++) {
            /* In turns, so that the lanes of a warp write to different banks. */
            int bank = (copy + entry) & (WARP - 1);
            tables[entry * 2 * WARP + bank] = word;
            tables[entry * 2 * WARP + WARP + bank] = rotate_left(word, 16);
        }
    }
}

/* Where the calling lane's words lie. */
DEVICE uint32_t aes_own() { return (threadIdx.x & (WARP - 1)) * 4; }

/* The word of a table for one byte of a state's word. */
DEVICE uint32_t aes_look_up(uint32_t own, int table, uint32_t word, int byte) {
    uint32_t moved = byte == 0 ? word << 8 : word >> (8 * byte - 8);
    return *(const uint32_t *)((const char *)shared_memory + ((moved & 0xff00) | own) + 128 * table);
}

DEVICE uint32_t choose(uint32_t mask, uint32_t where_set, uint32_t elsewhere) {
    return (where_set & mask) | (elsewhere & ~mask);
}

/* A word of the state after a round but the last. */
DEVICE uint32_t aes_round_word(uint32_t own, const Block &x, int c, uint32_t turned_key) {
    uint32_t odd = aes_look_up(own, 0, x.w[(c + 1) & 3], 1) ^ aes_look_up(own, 1, x.w[(c + 3) & 3], 3) ^ turned_key;
    return aes_look_up(own, 0, x.w[c], 0) ^ aes_look_up(own, 1, x.w[(c + 2) & 3], 2) ^ rotate_left(odd, 8);
}

/* A word of the state after the last round: the plain S-box is in bytes 1 and 2 of a word of the first table, and in bytes
 * 0 and 3 of the second. */
DEVICE uint32_t aes_last_word(uint32_t own, const Block &x, int c, uint32_t key) {
    uint32_t low = choose(0xff, aes_look_up(own, 1, x.w[c], 0), aes_look_up(own, 0, x.w[(c + 1) & 3], 1));
    uint32_t high = choose(0xff0000, aes_look_up(own, 0, x.w[(c + 2) & 3], 2), aes_look_up(own, 1, x.w[(c + 3) & 3], 3));
    return choose(0xffff, low, high) ^ key;
}

/* Encrypts a block under each of some keys, side by side, so that one's lookups are waited for while another's are made. */
template <int COUNT> DEVICE void aes(uint32_t own, const Hash hashes[COUNT], Block x[COUNT]) {
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
#pragma unroll
        for (int c = 0; c < 4; c++) {
            x[i].w[c] ^= AES.round_keys[hashes[i]][c];
        }
    }
#pragma unroll 1
    for (int round = 1; round < AES_ROUNDS; round++) {
        Block y[COUNT];
#pragma unroll
        for (int i = 0; i < COUNT; i++) {
#pragma unroll
            for (int c = 0; c < 4; c++) {
                y[i].w[c] = aes_round_word(own, x[i], c, AES.turned_keys[hashes[i]][4 * round + c]);
            }
        }
#pragma unroll
        for (int i = 0; i < COUNT; i++) {
            x[i] = y[i];
        }
    }
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
        Block y;
#pragma unroll
        for (int c = 0; c < 4; c++) {
            y.w[c] = aes_last_word(own, x[i], c, AES.round_keys[hashes[i]][4 * AES_ROUNDS + c]);
        }
        x[i] = y;
    }
}
