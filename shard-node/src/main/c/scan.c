/*
 * The hot loop of the native engine: AVX-512 with GFNI, over the layout that SlicedLayout.java describes.
 *
 * A byte of a tile (a slice) holds one bit column of the eight rows of a group. GF2P8AFFINEQB multiplies every byte of a
 * vector by an 8 x 8 bit matrix; with the selection bytes of eight keys for that group as the matrix' rows, the product
 * holds, for each of the eight keys, the XOR of the selected rows' bits. So one instruction does 64 bit columns x 8 rows
 * x 8 keys. The sums keep that form, a byte for eight keys, until the caller undoes it.
 *
 * Time and memory accesses depend on the sizes alone: selection bits are data in vectors, never branched on, never part
 * of an address. The functions carry their own target attributes, so that loading this library is safe on any processor;
 * morphogen_scan_supported says whether they may be called.
 */
#include <stdint.h>

#if defined(__x86_64__) && (defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 8))
#define MORPHOGEN_GFNI 1
#include <immintrin.h>
#endif

#define EXPORT __attribute__((visibility("default")))
#define GROUP_ROWS 8
#define TILE_GROUPS 128
#define BLOCK_ROW_BYTES 32
#define OCTET 8
#define OCTETS_AT_ONCE 4
/* How far ahead a single pass asks for memory: two small pages. */
#define NEAR_BYTES 8192
#define LINE_BYTES 64

#ifdef MORPHOGEN_GFNI

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,gfni")))
#define INLINE static inline __attribute__((always_inline)) TARGET

EXPORT int32_t morphogen_scan_supported(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("gfni");
}

/* Eight vectors of eight words: word j of vector i goes to word i of vector j. */
INLINE void transpose_words(__m512i v[8]) {
    __m512i t[8], u[8];
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm512_unpacklo_epi64(v[i], v[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi64(v[i], v[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        for (int j = 0; j < 2; j++) {
            u[i + j] = _mm512_shuffle_i64x2(t[i + j], t[i + j + 2], 0x88);
            u[i + j + 2] = _mm512_shuffle_i64x2(t[i + j], t[i + j + 2], 0xdd);
        }
    }
    for (int j = 0; j < 4; j++) {
        t[j] = _mm512_shuffle_i64x2(u[j], u[j + 4], 0x88);
        t[j + 4] = _mm512_shuffle_i64x2(u[j], u[j + 4], 0xdd);
    }
    for (int i = 0; i < 8; i++) {
        v[i] = t[i];
    }
}

/*
 * The matrices of one octet of keys for a tile: matrices[g] for group g. Byte 7 - q of a matrix is key q's selection
 * byte, since the instruction takes its result's bit q from there.
 */
INLINE void make_matrices(const uint8_t *bits, int64_t stride, int keys, int groups, uint64_t *matrices) {
    static const uint8_t ORDER[64] __attribute__((aligned(64))) = {
        56, 48, 40, 32, 24, 16, 8,  0, 57, 49, 41, 33, 25, 17, 9,  1, 58, 50, 42, 34, 26, 18,
        10, 2,  59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36, 28, 20, 12, 4, 61, 53, 45, 37,
        29, 21, 13, 5,  62, 54, 46, 38, 30, 22, 14, 6, 63, 55, 47, 39, 31, 23, 15, 7};
    const __m512i order = _mm512_load_si512(ORDER);
    for (int from = 0; from < groups; from += LINE_BYTES) {
        int words = (groups - from < LINE_BYTES ? groups - from : LINE_BYTES) / 8;
        __mmask8 there = (__mmask8)((1u << words) - 1);
        __m512i v[8];
        for (int key = 0; key < OCTET; key++) {
            __mmask8 mask = key < keys ? there : 0;
            v[key] = _mm512_maskz_loadu_epi64(mask, bits + (key < keys ? key : 0) * stride + from);
        }
        transpose_words(v);
        for (int word = 0; word < words; word++) {
            _mm512_storeu_si512(matrices + from + word * 8, _mm512_permutexvar_epi8(order, v[word]));
        }
    }
}

/* All groups of one column block for some octets; sums[octet * sum_stride] holds the block's sums of each. */
#define DEFINE_BLOCK(NAME, OCTETS, VECTORS)                                                                            \
    static TARGET void NAME(const uint8_t *block, int groups, const uint64_t *matrices, uint8_t *sums,                  \
                            int64_t sum_stride, const uint8_t *ahead, int64_t ahead_step) {                             \
        __m512i acc[OCTETS][VECTORS];                                                                                  \
        _Pragma("GCC unroll 4") for (int o = 0; o < OCTETS; o++) {                                                     \
            _Pragma("GCC unroll 4") for (int v = 0; v < VECTORS; v++) {                                                \
                acc[o][v] = _mm512_loadu_si512(sums + o * sum_stride + v * LINE_BYTES);                                \
            }                                                                                                          \
        }                                                                                                              \
        for (int g = 0; g < groups; g += 2) {                                                                          \
            __m512i d[VECTORS], e[VECTORS];                                                                            \
            _Pragma("GCC unroll 4") for (int v = 0; v < VECTORS; v++) {                                                \
                d[v] = _mm512_load_si512(block + v * LINE_BYTES);                                                      \
                e[v] = _mm512_load_si512(block + (VECTORS + v) * LINE_BYTES);                                          \
            }                                                                                                          \
            block += 2 * VECTORS * LINE_BYTES;                                                                         \
            for (int64_t p = 0; p < ahead_step; p += LINE_BYTES) {                                                     \
                _mm_prefetch((const char *)ahead + p, _MM_HINT_T0);                                                    \
            }                                                                                                          \
            ahead += ahead_step;                                                                                       \
            _Pragma("GCC unroll 4") for (int o = 0; o < OCTETS; o++) {                                                 \
                __m512i a = _mm512_set1_epi64((int64_t)matrices[o * TILE_GROUPS + g]);                                 \
                __m512i b = _mm512_set1_epi64((int64_t)matrices[o * TILE_GROUPS + g + 1]);                             \
                _Pragma("GCC unroll 4") for (int v = 0; v < VECTORS; v++) {                                            \
                    acc[o][v] = _mm512_ternarylogic_epi64(acc[o][v], _mm512_gf2p8affine_epi64_epi8(d[v], a, 0),        \
                                                          _mm512_gf2p8affine_epi64_epi8(e[v], b, 0), 0x96);            \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        _Pragma("GCC unroll 4") for (int o = 0; o < OCTETS; o++) {                                                     \
            _Pragma("GCC unroll 4") for (int v = 0; v < VECTORS; v++) {                                                \
                _mm512_storeu_si512(sums + o * sum_stride + v * LINE_BYTES, acc[o][v]);                                \
            }                                                                                                          \
        }                                                                                                              \
    }

DEFINE_BLOCK(whole_block_1, 1, 4)
DEFINE_BLOCK(whole_block_2, 2, 4)
DEFINE_BLOCK(whole_block_3, 3, 4)
DEFINE_BLOCK(whole_block_4, 4, 4)
DEFINE_BLOCK(half_block_1, 1, 2)
DEFINE_BLOCK(half_block_2, 2, 2)
DEFINE_BLOCK(half_block_3, 3, 2)
DEFINE_BLOCK(half_block_4, 4, 2)

typedef void block_function(const uint8_t *, int, const uint64_t *, uint8_t *, int64_t, const uint8_t *, int64_t);

static block_function *const WHOLE[] = {whole_block_1, whole_block_2, whole_block_3, whole_block_4};
static block_function *const HALF[] = {half_block_1, half_block_2, half_block_3, half_block_4};

static TARGET void scan_tile(const uint8_t *tile, int groups, int row_bytes, const uint64_t *matrices, int octets,
                             uint8_t *sums, const uint8_t *end) {
    int64_t sum_stride = (int64_t)row_bytes * 8;
    int passes = (octets + OCTETS_AT_ONCE - 1) / OCTETS_AT_ONCE;
    for (int column = 0; column < row_bytes; column += BLOCK_ROW_BYTES) {
        int wide = row_bytes - column >= BLOCK_ROW_BYTES;
        int64_t block_bytes = (int64_t)groups * GROUP_ROWS * (wide ? BLOCK_ROW_BYTES : BLOCK_ROW_BYTES / 2);
        for (int pass = 0; pass < passes; pass++) {
            int first = pass * OCTETS_AT_ONCE;
            int count = octets - first < OCTETS_AT_ONCE ? octets - first : OCTETS_AT_ONCE;
            /* Several passes over a block read it from the first cache; meanwhile the next block is fetched. */
            int64_t step = block_bytes / (groups / 2) / passes / LINE_BYTES * LINE_BYTES;
            int64_t distance = passes == 1 ? NEAR_BYTES : block_bytes + pass * step * (groups / 2);
            if (distance + step * (groups / 2) > end - tile) {
                step = 0;
                distance = 0;
            }
            (wide ? WHOLE : HALF)[count - 1](tile, groups, matrices + (int64_t)first * TILE_GROUPS,
                                             sums + first * sum_stride + column * 8, sum_stride,
                                             tile + distance, step);
        }
        tile += block_bytes;
    }
}

/*
 * tiles: 64-byte aligned. bits: key k's selection bits for the first tile at bits_at + k * stride. matrices: room for
 * ceil(keys / 8) * 128 words. sums: ceil(keys / 8) * row_bytes * 8 bytes, XORed into.
 */
EXPORT TARGET void morphogen_scan(const uint8_t *tiles, int64_t bytes, int32_t row_bytes, const uint8_t *bits,
                                  int64_t bits_at, int64_t stride, int32_t keys, uint64_t *matrices, uint8_t *sums) {
    const uint8_t *end = tiles + bytes;
    bits += bits_at;
    int octets = (keys + OCTET - 1) / OCTET;
    int64_t tile_bytes = (int64_t)row_bytes * GROUP_ROWS * TILE_GROUPS;
    for (const uint8_t *tile = tiles; tile < end; tile += tile_bytes) {
        int64_t here = end - tile < tile_bytes ? end - tile : tile_bytes;
        int groups = (int)(here / ((int64_t)row_bytes * GROUP_ROWS));
        for (int octet = 0; octet < octets; octet++) {
            int count = keys - octet * OCTET < OCTET ? keys - octet * OCTET : OCTET;
            make_matrices(bits + octet * OCTET * stride, stride, count, groups, matrices + octet * TILE_GROUPS);
        }
        scan_tile(tile, groups, row_bytes, matrices, octets, sums, end);
        bits += groups;
    }
}

#else

EXPORT int32_t morphogen_scan_supported(void) {
    return 0;
}

EXPORT void morphogen_scan(const uint8_t *tiles, int64_t bytes, int32_t row_bytes, const uint8_t *bits, int64_t bits_at,
                           int64_t stride, int32_t keys, uint64_t *matrices, uint8_t *sums) {
    (void)tiles, (void)bytes, (void)row_bytes, (void)bits, (void)bits_at, (void)stride, (void)keys, (void)matrices, (void)sums;
}

#endif
