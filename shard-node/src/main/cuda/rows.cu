/* Kernels that bring rows into GPU memory, change them there, and bring them out. */

#include "layout.cuh"

/* Plain rows on the device, and where they belong. First row and count are multiples of 32 for slicing. */
struct RowsArguments {
    uint32_t *sliced;
    uint32_t *plain;
    uint64_t first_row;
    uint32_t rows;
    uint32_t row_words;
};

/* 32 words of 32 bits, one a lane: bit i of lane k goes to bit k of lane i. */
DEVICE uint32_t transpose_bits(uint32_t word) {
    uint32_t kept = 0;
    int lane = threadIdx.x & (WARP - 1);
    for (int bit = 0; bit < WARP; bit++) {
        uint32_t column = warp_ballot(word >> bit & 1);
        kept = lane == bit ? column : kept;
    }
    return kept;
}

/* A warp takes 32 rows and one of their words; neighbours take the words behind it. */
KERNEL(slice_rows, 4, RowsArguments) {
    int lane = threadIdx.x & (WARP - 1);
    uint64_t tasks = (uint64_t)(a.rows / WARP) * a.row_words;
    for (uint64_t task = (uint64_t)blockIdx.x * WARPS + threadIdx.x / WARP; task < tasks;
         task += (uint64_t)gridDim.x * WARPS) {
        uint32_t word = (uint32_t)(task % a.row_words);
        uint64_t row = task / a.row_words * WARP;
        uint32_t bits = transpose_bits(a.plain[(row + lane) * a.row_words + word]);
        a.sliced[group_at(a.first_row + row, a.row_words, word) + bit_at(lane)] = bits;
    }
}

/* The other way round; here first row and count may be any. */
KERNEL(plain_rows, 4, RowsArguments) {
    int lane = threadIdx.x & (WARP - 1);
    uint64_t first_group = a.first_row / WARP;
    uint64_t groups = (a.first_row + a.rows + WARP - 1) / WARP - first_group;
    uint64_t tasks = groups * a.row_words;
    for (uint64_t task = (uint64_t)blockIdx.x * WARPS + threadIdx.x / WARP; task < tasks;
         task += (uint64_t)gridDim.x * WARPS) {
        uint32_t word = (uint32_t)(task % a.row_words);
        uint64_t row = (first_group + task / a.row_words) * WARP;
        uint32_t bits = transpose_bits(a.sliced[group_at(row, a.row_words, word) + bit_at(lane)]);
        uint64_t at = row + lane - a.first_row;
        if (row + lane >= a.first_row && at < a.rows) {
            a.plain[at * a.row_words + word] = bits;
        }
    }
}

/* Differences to be XORed into rows: for each its row's number in the chunk, and as many words as a row has. */
struct MergeArguments {
    uint32_t *sliced;
    const uint32_t *row_numbers;
    const uint32_t *differences;
    uint32_t count;
    uint32_t row_words;
};

/* A thread takes the two bits of a difference that lie side by side; other entries may change the same words. */
KERNEL(merge_rows, 4, MergeArguments) {
    uint64_t tasks = (uint64_t)a.count * a.row_words * (WARP / 2);
    for (uint64_t task = (uint64_t)blockIdx.x * THREADS + threadIdx.x; task < tasks;
         task += (uint64_t)gridDim.x * THREADS) {
        uint32_t bit = (uint32_t)(task % (WARP / 2)) * 2;
        uint64_t at = task / (WARP / 2);
        uint64_t row = a.row_numbers[at / a.row_words];
        uint32_t two = a.differences[at] >> bit;
        unsigned long long value = (unsigned long long)(two & 1) << (row & 31) |
                                   (unsigned long long)(two >> 1 & 1) << (32 + (row & 31));
        uint64_t word = group_at(row, a.row_words, (uint32_t)(at % a.row_words)) + bit_at(bit);
        xor_into((unsigned long long *)(a.sliced + word), value);
    }
}
