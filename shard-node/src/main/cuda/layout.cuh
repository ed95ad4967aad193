/*
 * Where the bits of rows lie in GPU memory: as the tensor cores take them, so that 16 bytes loaded by a lane are its part
 * of one multiplication.
 *
 * 256 rows (two leaves of the tree) are a pair. A row is cut into words of 32 bits, little endian; a pair's words of one
 * number are two units of 512 bytes, and the units of all words stand one behind the other:
 *
 *   bit b of word s of row r:  pair r / 256, unit 2s + (b / 2) % 2, lane 4 (b / 4) + (r / 64) % 4,
 *                              lane's word b % 2 + 2 ((r / 32) % 2), bit r % 32 of it
 *
 * A chunk whose last pair has one leaf is filled up with rows of zeros.
 */
#pragma once

#include "platform.cuh"

#define PAIR_ROWS 256
#define UNIT_WORDS 128
/* Words that a pair takes for one word of its rows. */
#define PAIR_WORDS 256

/* Where the words of 32 rows begin; their lane word 0 of bit 0. */
DEVICE uint64_t group_at(uint64_t row, uint32_t row_words, uint32_t row_word) {
    uint32_t lane = (uint32_t)(row >> 6) & 3;
    uint32_t half = (uint32_t)(row >> 5) & 1;
    return ((row >> 8) * row_words + row_word) * PAIR_WORDS + lane * 4 + half * 2;
}

/* Where from there the bits of one number lie. */
DEVICE uint32_t bit_at(uint32_t bit) { return (bit >> 1 & 1) * UNIT_WORDS + (bit >> 2) * 16 + (bit & 1); }
